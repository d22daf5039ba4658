/** Who may start now, who waits, and who is sent away: first come, first served. */
import { ApiError } from './apiError.js';

interface Waiting {
  readonly start: () => void;
}

export class Admission {
  private active = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(
    private readonly mostRunning: number,
    private readonly mostQueued: number,
  ) {}

  get running(): number {
    return this.active;
  }

  get queued(): number {
    return this.waiting.size;
  }

  /**
   * Waits for a place and gives what frees it, which may be called more than once. Whoever leaves while waiting is taken out
   * of the queue, and nobody else notices.
   *
   * @throws ApiError 429 if the queue is full, 499 if the signal ends the wait
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw left();
    if (this.active < this.mostRunning) {
      this.active++;
      return this.place();
    }
    if (this.waiting.size >= this.mostQueued) {
      const message = `the server is busy: ${this.active} requests run and ${this.waiting.size} wait`;
      throw new ApiError(429, message, { code: 'queue_full', headers: { 'retry-after': '1' } });
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.waiting.delete(entry);
        reject(left());
      };
      const entry = {
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.waiting.add(entry);
      signal.addEventListener('abort', leave, { once: true });
    });
    return this.place();
  }

  /** A place that is handed on to who waits longest. */
  private place(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = this.waiting;
      if (next === undefined) {
        this.active--;
        return;
      }
      this.waiting.delete(next);
      next.start();
    };
  }
}

const left = () => new ApiError(499, 'the client left', { code: 'aborted', type: 'invalid_request_error' });

/** Runs the generations of one model together: requests join the batch between two steps and leave it when they are done. */
import { yieldToEvents } from '#runtime/host';
import { JambalayaError } from '../errors/index.js';
import { DecodeBatch, type GeneratedToken, type Sequence, type SequenceStep } from '../generation/index.js';
import type { Model } from '../models/index.js';

export interface Generation {
  readonly sequence: Sequence;
  readonly onPrefill: (done: number) => void;
  /** Returns true to end the sequence after this token. */
  readonly onToken: (token: GeneratedToken) => boolean;
  readonly aborted: () => boolean;
}

/** What whoever asked to stop is told. */
export const stoppedError = () => new JambalayaError('aborted', { what: 'the generation' });

export type Outcome = 'stop' | 'length' | 'ended' | 'aborted';

interface Running extends Generation {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** What a step may take while answers are being made: their streams keep their pace beside a long prompt. */
const longestStepSeconds = 0.1;
/** Fewer rows of a prompt in a pass cost more than they spare. */
const fewestRows = 16;

export class Scheduler {
  readonly batch: DecodeBatch;
  private readonly running = new Map<Sequence, Running>();
  private looping = false;
  /** What a row of a prompt took lately, in passes of many. */
  private secondsPerRow: number | undefined;

  constructor(model: Model) {
    this.batch = new DecodeBatch(model);
  }

  /** Takes part in the coming steps until the sequence ends one way or another. */
  run(generation: Generation): Promise<Outcome> {
    const done = new Promise<Outcome>((resolve, reject) => {
      this.running.set(generation.sequence, { ...generation, resolve, reject });
    });
    if (!this.looping) void this.loop();
    return done;
  }

  private async loop(): Promise<void> {
    this.looping = true;
    while (this.running.size > 0) {
      for (const [sequence, generation] of this.running) if (generation.aborted()) this.end(sequence, 'aborted');
      try {
        const started = performance.now();
        for (const step of await this.batch.step(this.promptRows())) this.report(step);
        this.measure((performance.now() - started) / 1000);
      } catch (error) {
        this.failTaken(error);
      }
      // Lets messages in: new requests, and requests to stop.
      await yieldToEvents();
    }
    this.looping = false;
  }

  /** Rows of prompts that the next step may read: while answers are being made, no more than they can wait for. */
  private promptRows(): number | undefined {
    const answering = [...this.running.keys()].some((sequence) => !sequence.prefilling);
    if (!answering || this.secondsPerRow === undefined) return undefined;
    return Math.max(fewestRows, Math.floor(longestStepSeconds / this.secondsPerRow));
  }

  private measure(seconds: number): void {
    const rows = this.batch.promptRows;
    if (rows < fewestRows) return;
    const latest = seconds / rows;
    this.secondsPerRow = this.secondsPerRow === undefined ? latest : 0.7 * this.secondsPerRow + 0.3 * latest;
  }

  private report(step: SequenceStep): void {
    const generation = this.running.get(step.sequence);
    if (generation === undefined) return;
    const { sequence, onPrefill, onToken } = generation;
    try {
      if (step.error !== undefined) throw step.error;
      // A step that only found the end has read nothing of the prompt that was not told before.
      if (step.token === undefined && step.finishReason !== 'stop') onPrefill(sequence.promptRead);
      const ended = step.token !== undefined && onToken(step.token);
      if (step.finishReason === 'stop' || step.finishReason === 'length') this.end(sequence, step.finishReason);
      else if (ended) this.end(sequence, 'ended');
    } catch (error) {
      this.batch.remove(sequence);
      this.running.delete(sequence);
      generation.reject(error);
    }
  }

  private end(sequence: Sequence, outcome: Outcome): void {
    this.batch.remove(sequence);
    const generation = this.running.get(sequence);
    this.running.delete(sequence);
    generation?.resolve(outcome);
  }

  /** A failed pass takes its sequences out of the batch: theirs is the error. */
  private failTaken(error: unknown): void {
    for (const [sequence, generation] of this.running) {
      if (this.batch.has(sequence)) continue;
      this.running.delete(sequence);
      generation.reject(error);
    }
  }
}

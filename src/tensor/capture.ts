/**
 * Captured steps: the commands of a computation whose shapes do not change, to be run again as one submission. Inputs are
 * tensors that the caller writes anew before each run; everything in between keeps its memory until the step is disposed of.
 */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { recorder } from './recording.js';
import { expectSynchronous } from './scope.js';
import type { Storage } from './tensor.js';

class Capture {
  readonly commands: Int32Array[] = [];
  /** Handles that were freed meanwhile; the commands need them as long as they are run. */
  readonly held: number[] = [];
  /** All memory that the commands name, and the part of it that they change. */
  readonly used = new Set<Storage>();
  readonly changed = new Set<Storage>();
  /** What the host wrote meanwhile: constants of the step. */
  private readonly written = new Set<Storage>();
  readonly beforeRuns = new Set<() => void>();

  constructor(readonly device: Device) {}

  use(storage: Storage, changes: boolean): void {
    if (changes && this.written.has(storage)) {
      throw refusal('commands that change no constant of the step', 'one that changes what the host wrote within it');
    }
    this.used.add(storage);
    if (changes) this.changed.add(storage);
  }

  /** A run repeats commands alone: a command before this write would find its own data there, the next time. */
  write(storage: Storage): void {
    if (this.used.has(storage)) throw refusal('inputs that are written before', 'a write to one between its commands');
    this.written.add(storage);
  }
}

const refusal = (expected: string, found: string) =>
  new JambalayaError('usage', { argument: 'CapturedStep', expected, found });

let current: Capture | undefined;

const captureOn = (device: Device): Capture | undefined => (current?.device === device ? current : undefined);

/** The way of every command to its device. */
export function submit(device: Device, words: Int32Array): void {
  device.submit(words);
  captureOn(device)?.commands.push(words);
}

/** Told of all memory that a command is about to name. */
export function use(storage: Storage, changes: boolean): void {
  captureOn(storage.device)?.use(storage, changes);
}

/** Told of memory that the host is about to write. */
export function hostWrite(storage: Storage): void {
  captureOn(storage.device)?.write(storage);
}

/** The way of every buffer back to its device; a step that is being captured keeps what it used. */
export function free(device: Device, handle: number): void {
  const capture = captureOn(device);
  if (capture === undefined) device.free(handle);
  else capture.held.push(handle);
}

/** Has a step that is being captured call `body` before each of its runs. */
export function beforeRuns(body: () => void): void {
  current?.beforeRuns.add(body);
}

/** Runs `body` outside the step that is being captured. */
export function uncaptured<T>(body: () => T): T {
  const outer = current;
  current = undefined;
  try {
    return body();
  } finally {
    current = outer;
  }
}

export class CapturedStep implements Disposable {
  /** Memory that the commands name and the step does not hold itself. */
  private readonly borrowed: readonly Storage[];
  private disposed = false;

  private constructor(
    private readonly capture: Capture,
    private readonly commands: Int32Array,
  ) {
    this.borrowed = [...capture.used].filter((storage) => !storage.freed);
  }

  /**
   * Runs `body`, which must read nothing and must not be recorded by a tape, and keeps its commands. What it returns is
   * valid now and again after each `run`.
   */
  static record<T>(device: Device, body: () => T): { step: CapturedStep; result: T } {
    if (current !== undefined) throw refusal('one step captured at a time', 'one within another');
    if (recorder() !== undefined) throw refusal('no tape that records it', 'one');
    const capture = new Capture(device);
    current = capture;
    try {
      const result = body();
      expectSynchronous('CapturedStep.record', result);
      return { step: new CapturedStep(capture, concatenated(capture.commands)), result };
    } catch (error) {
      for (const handle of capture.held) device.free(handle);
      throw error;
    } finally {
      current = undefined;
    }
  }

  /**
   * All commands again, on what the inputs hold now.
   *
   * @throws `usage` if the step, or a tensor that it reads or gives, was disposed of: its memory may be another tensor's
   */
  run(): void {
    const { device, beforeRuns, changed } = this.capture;
    if (this.disposed) throw refusal('a live step', 'one that was disposed of');
    for (const { freed } of this.borrowed) {
      if (freed) throw refusal('the tensors that it was captured with', 'one that was disposed of');
    }
    for (const body of beforeRuns) body();
    device.submit(this.commands);
    for (const storage of changed) storage.version++;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const handle of this.capture.held) this.capture.device.free(handle);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function concatenated(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

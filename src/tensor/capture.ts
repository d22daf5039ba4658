/** The way of commands and memory to a device and back, and the step that is being captured on it (`capturedStep.ts`). */
import type { Device } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';

/** Memory of tensors, as `tensor.ts` has it. */
export interface Memory {
  readonly device: Device;
  /** Whether nobody uses it any more, so that it is the device's again. */
  readonly freed: boolean;
  version: number;
}

export class Capture {
  readonly commands: Int32Array[] = [];
  /** Handles that were freed meanwhile; the commands need them as long as they are run. */
  readonly held: number[] = [];
  /** All memory that the commands name, and the part of it that they change. */
  readonly used = new Set<Memory>();
  readonly changed = new Set<Memory>();
  /** What the host wrote meanwhile: constants of the step. */
  private readonly written = new Set<Memory>();
  readonly beforeRuns = new Set<() => void>();

  constructor(readonly device: Device) {}

  use(memory: Memory, changes: boolean): void {
    if (changes && this.written.has(memory)) {
      throw refusal('commands that change no constant of the step', 'one that changes what the host wrote within it');
    }
    this.used.add(memory);
    if (changes) this.changed.add(memory);
  }

  /** A run repeats commands alone: a command before this write would find its own data there, the next time. */
  write(memory: Memory): void {
    if (this.used.has(memory)) throw refusal('inputs that are written before', 'a write to one between its commands');
    this.written.add(memory);
  }
}

export const refusal = (expected: string, found: string) =>
  new JambalayaError('usage', { argument: 'CapturedStep', expected, found });

let current: Capture | undefined;

export const isCapturing = (): boolean => current !== undefined;

const captureOn = (device: Device): Capture | undefined => (current?.device === device ? current : undefined);

/** The way of every command to its device. */
export function submit(device: Device, words: Int32Array): void {
  device.submit(words);
  captureOn(device)?.commands.push(words);
}

/** Told of all memory that a command is about to name. */
export function use(memory: Memory, changes: boolean): void {
  captureOn(memory.device)?.use(memory, changes);
}

/** Told of memory that the host is about to write. */
export function hostWrite(memory: Memory): void {
  captureOn(memory.device)?.write(memory);
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

/** Runs `body` with `capture` told of its commands, or nobody. */
export function withCapture<T>(capture: Capture | undefined, body: () => T): T {
  const outer = current;
  current = capture;
  try {
    return body();
  } finally {
    current = outer;
  }
}

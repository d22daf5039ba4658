/**
 * Captured steps: the commands of a computation whose shapes do not change, to be run again as one submission. Inputs are
 * tensors that the caller writes anew before each run; everything in between keeps its memory until the step is disposed of.
 */
import type { Device } from '../contract/index.js';

interface Capture {
  readonly device: Device;
  readonly commands: Int32Array[];
  readonly held: number[];
}

let current: Capture | undefined;

/** The way of every command to its device. */
export function submit(device: Device, words: Int32Array): void {
  device.submit(words);
  if (current?.device === device) current.commands.push(words);
}

/** The way of every buffer back to its device; a step that is being captured keeps what it used. */
export function free(device: Device, handle: number): void {
  if (current?.device === device) current.held.push(handle);
  else device.free(handle);
}

export class CapturedStep implements Disposable {
  private constructor(
    private readonly device: Device,
    private readonly commands: Int32Array,
    private readonly held: number[],
  ) {}

  /**
   * Runs `body`, which must read nothing and must not be recorded by a tape, and keeps its commands. What it returns is
   * valid now and again after each `run`.
   */
  static record<T>(device: Device, body: () => T): { step: CapturedStep; result: T } {
    const capture: Capture = { device, commands: [], held: [] };
    current = capture;
    try {
      const result = body();
      return { step: new CapturedStep(device, concatenated(capture.commands), capture.held), result };
    } catch (error) {
      for (const handle of capture.held) device.free(handle);
      throw error;
    } finally {
      current = undefined;
    }
  }

  /** All commands again, on what the inputs hold now. */
  run(): void {
    this.device.submit(this.commands);
  }

  dispose(): void {
    for (const handle of this.held) this.device.free(handle);
    this.held.length = 0;
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

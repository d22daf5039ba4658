/**
 * Captured steps: the commands of a computation whose shapes do not change, to be run again as one submission. Inputs are
 * tensors that the caller writes anew before each run; everything in between keeps its memory until the step is disposed of.
 */
import type { Device } from '../contract/index.js';
import { Capture, isCapturing, type Memory, refusal, withCapture } from './capture.js';
import { recorder } from './recording.js';
import { expectSynchronous } from './scope.js';

export class CapturedStep implements Disposable {
  /** Memory that the commands name and the step does not hold itself. */
  private readonly borrowed: readonly Memory[];
  private disposed = false;

  private constructor(
    private readonly capture: Capture,
    private readonly commands: Int32Array,
  ) {
    this.borrowed = [...capture.used].filter((memory) => !memory.freed);
  }

  /**
   * Runs `body`, which must read nothing and must not be recorded by a tape, and keeps its commands. What it returns is
   * valid now and again after each `run`.
   */
  static record<T>(device: Device, body: () => T): { step: CapturedStep; result: T } {
    if (isCapturing()) throw refusal('one step captured at a time', 'one within another');
    if (recorder() !== undefined) throw refusal('no tape that records it', 'one');
    const capture = new Capture(device);
    try {
      const result = withCapture(capture, body);
      expectSynchronous('CapturedStep.record', result);
      return { step: new CapturedStep(capture, concatenated(capture.commands)), result };
    } catch (error) {
      for (const handle of capture.held) device.free(handle);
      throw error;
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
    for (const memory of changed) memory.version++;
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

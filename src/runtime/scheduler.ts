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

export class Scheduler {
  readonly batch: DecodeBatch;
  private readonly running = new Map<Sequence, Running>();
  private looping = false;

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
        for (const step of await this.batch.step()) this.report(step);
      } catch (error) {
        this.failTaken(error);
      }
      // Lets messages in: new requests, and requests to stop.
      await yieldToEvents();
    }
    this.looping = false;
  }

  private report(step: SequenceStep): void {
    const generation = this.running.get(step.sequence);
    if (generation === undefined) return;
    const { sequence, onPrefill, onToken } = generation;
    try {
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

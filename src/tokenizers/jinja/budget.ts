/**
 * What a template may do: so many steps, strings and lists so long. It ends a loop on every host, and stops a text that doubles
 * before memory is asked for.
 */
import { JambalayaError } from '../../errors/index.js';

/** UTF-16 units of one string, the result included. */
const maxStringLength = 2 ** 24;
/** Evaluated nodes; turns of loops and what a value takes in memory count as several. A long chat needs some 10^5. */
const maxSteps = 1e7;
/** What an item of a new list counts. */
const stepsPerItem = 4;
/** A turn of a loop, even of an empty one, takes as long as about so many nodes: it makes a scope and its variables. */
const stepsPerTurn = 20;
/** Characters that are copied in the time of one step. */
const charactersPerStep = 64;

export class Budget {
  #steps = 0;

  steps(count: number): void {
    this.#steps += count;
    if (!(this.#steps <= maxSteps)) {
      throw new JambalayaError('limit', {
        what: 'steps of a chat template',
        limit: maxSteps,
        found: Math.ceil(this.#steps),
      });
    }
  }

  turns(count: number): void {
    this.steps(count * stepsPerTurn);
  }

  /** Room for a list of so many items; ask before it is made. */
  items(count: number): void {
    this.steps(1 + count * stepsPerItem);
  }

  /** Room for a string of so many UTF-16 units; ask before it is made. */
  text(length: number): void {
    if (length > maxStringLength) {
      throw new JambalayaError('limit', {
        what: 'characters of a string in a chat template',
        limit: maxStringLength,
        found: length,
      });
    }
    this.steps(length / charactersPerStep);
  }

  /** The same string, paid for. */
  made(text: string): string {
    this.text(text.length);
    return text;
  }
}

/**
 * Stop strings in a text that arrives in pieces.
 */
import { JambalayaError } from '../errors/index.js';

export interface StopResult {
  /** Text that can be shown: no stop string can begin in it any more. */
  readonly text: string;
  /** The stop string that ended the text. */
  readonly stopped?: string;
}

/**
 * Ends a text before the stop string that is complete first (of two that end together, the longer one). How the text
 * is cut into pieces makes no difference.
 */
export class StopStrings {
  readonly #stops: readonly string[];
  /** The longest end of the text so far that may be the beginning of a stop string. */
  #held = '';
  #stopped: string | undefined;

  /** @throws JambalayaError `usage` for an empty stop string. */
  constructor(stops: readonly string[]) {
    if (stops.includes('')) {
      throw new JambalayaError('usage', { argument: 'stop', expected: 'strings that are not empty', found: "''" });
    }
    this.#stops = stops;
  }

  /** Takes the next piece. After a stop, all further text is dropped. */
  push(text: string): StopResult {
    if (this.#stopped !== undefined) return { text: '', stopped: this.#stopped };
    const searched = this.#held + text;
    let found: { start: number; end: number; stop: string } | undefined;
    for (const stop of this.#stops) {
      const start = searched.indexOf(stop);
      const end = start + stop.length;
      if (start < 0 || (found !== undefined && (end > found.end || (end === found.end && start >= found.start))))
        continue;
      found = { start, end, stop };
    }
    if (found !== undefined) {
      this.#held = '';
      this.#stopped = found.stop;
      return { text: searched.slice(0, found.start), stopped: found.stop };
    }
    const held = this.#beginning(searched);
    this.#held = searched.slice(held);
    return { text: searched.slice(0, held) };
  }

  /** The rest of a text that ended by itself. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  /** Where the longest end of `text` starts that a stop string starts with. */
  #beginning(text: string): number {
    let first = text.length;
    for (const stop of this.#stops) {
      for (let start = Math.max(0, text.length - stop.length + 1); start < first; start++) {
        if (stop.startsWith(text.slice(start))) first = start;
      }
    }
    return first;
  }
}

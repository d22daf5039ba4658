/**
 * Text from tokens as they come.
 */
import { SpaceCleaner } from './clean-up.js';
import type { Tokenizer } from './tokenizer.js';

/** Tokens in the window before it is shortened, and after. */
const longWindow = 32;
const shortWindow = 16;
/**
 * Characters that a shortened window has to have. A decoder of bytes is in the same state after the same four bytes,
 * whatever came before them, and the decoders that treat the start of a text in their own way touch at most four more.
 */
const leastContext = 8;

/**
 * Decodes ids piece by piece: the pieces put together are `tokenizer.decode` of all ids, and no piece ends within a
 * character whose bytes are still to come.
 *
 * Only the last tokens are decoded again with each push, so that a token costs the same wherever it stands. A decoder
 * that can change earlier text (`decodesLocally` is false, no common language model has one) gives everything at `flush`.
 */
export class TextStream {
  readonly #tokenizer: Tokenizer;
  readonly #skipSpecialTokens: boolean;
  readonly #cleaner: SpaceCleaner | undefined;
  #window: number[] = [];
  /** Characters of the window's text that have been handed on. */
  #given = 0;
  #shortenAt = longWindow;

  constructor(tokenizer: Tokenizer, options: { readonly skipSpecialTokens?: boolean | undefined } = {}) {
    this.#tokenizer = tokenizer;
    this.#skipSpecialTokens = options.skipSpecialTokens ?? false;
    this.#cleaner = tokenizer.cleansUpSpaces ? new SpaceCleaner() : undefined;
  }

  /** The text that these ids complete. */
  push(ids: readonly number[]): string {
    const visible = this.#tokenizer.visibleIds(ids, this.#skipSpecialTokens);
    if (visible.length === 0) return '';
    this.#window = this.#window.concat(visible);
    if (!this.#tokenizer.decodesLocally) return '';
    const text = this.#decode(this.#window);
    // The replacement character at the end may be the beginning of a character; any before it are final.
    const end = text.endsWith('\uFFFD') ? text.length - 1 : text.length;
    const ready = text.slice(this.#given, end);
    this.#given = Math.max(this.#given, end);
    if (this.#window.length >= this.#shortenAt) this.#shorten(text.length - this.#given);
    return this.#cleaner === undefined ? ready : this.#cleaner.push(ready);
  }

  /** The rest of the text: call it after the last ids. The stream is then as new. */
  flush(): string {
    const rest = this.#window.length === 0 ? '' : this.#decode(this.#window).slice(this.#given);
    this.#window = [];
    this.#given = 0;
    this.#shortenAt = longWindow;
    return this.#cleaner === undefined ? rest : this.#cleaner.push(rest) + this.#cleaner.flush();
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer.decode(ids, { cleanUpSpaces: false });
  }

  /** Forgets the older tokens, if the younger ones say enough; `waiting` characters are still to be handed on. */
  #shorten(waiting: number): void {
    const window = this.#window.slice(-shortWindow);
    const length = this.#decode(window).length;
    if (length < leastContext) {
      this.#shortenAt = this.#window.length * 2;
      return;
    }
    this.#window = window;
    this.#given = length - waiting;
    this.#shortenAt = longWindow;
  }
}

/** Documents as ids, with what is learned of them. */
import { isJambalayaError, JambalayaError } from '../../errors/index.js';
import { encodeChat, type Tokenizer } from '../../tokenizers/index.js';
import type { DocumentPiece } from './documents.js';
import type { EncodedTokens } from './tokenFile.js';

/** Tokens of a document, or of a long text's next piece. */
export interface EncodedPiece extends EncodedTokens {
  /** Whether the document ends here. */
  readonly ends: boolean;
}

/** Where a tokenizer names none, these are taken if they are special tokens of its vocabulary; the last ones are BERT's. */
const customaryBounds = { start: ['<|startoftext|>', '[CLS]'], end: ['<|endoftext|>', '[SEP]'] };

/** The ids before and after a document: the tokenizer's beginning and end of a text. */
export function documentBounds(tokenizer: Tokenizer): { readonly start?: number; readonly end?: number } {
  const special = (texts: readonly string[]) =>
    [...tokenizer.specialIds].find((id) => texts.includes(tokenizer.tokenText(id)));
  const start = tokenizer.bosId ?? special(customaryBounds.start);
  const end = tokenizer.eosId ?? special(customaryBounds.end);
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/**
 * Encodes documents in the order in which they come. Special tokens' strings in them are text. A text and a prompt with its
 * completion get the tokenizer's beginning and end of a text around them; a chat gets what its template puts there.
 */
export class DocumentEncoder {
  readonly bounds: { readonly start?: number; readonly end?: number };
  #isOpen = false;

  constructor(readonly tokenizer: Tokenizer) {
    this.bounds = documentBounds(tokenizer);
  }

  /** @throws `format` with file and line for a chat that its template does not take */
  encode(piece: DocumentPiece): EncodedPiece {
    const { start, end } = this.bounds;
    const before = start === undefined || this.#isOpen ? [] : [start];
    const after = end === undefined ? [] : [end];
    switch (piece.kind) {
      case 'text': {
        this.#isOpen = !piece.ends;
        return { ids: [...before, ...this.#literal(piece.text), ...(piece.ends ? after : [])], ends: piece.ends };
      }
      case 'completion': {
        const prompt = [...before, ...this.#literal(piece.prompt)];
        const completion = [...this.#literal(piece.completion), ...after];
        const learned = [...prompt.map(() => false), ...completion.map(() => true)];
        return { ids: [...prompt, ...completion], learned, ends: true };
      }
      case 'chat':
        return this.#chat(piece);
    }
  }

  #literal(text: string): number[] {
    return this.tokenizer.encode(text, { parseSpecial: false });
  }

  #chat({ chat, file, line }: Extract<DocumentPiece, { kind: 'chat' }>): EncodedPiece {
    const { messages, ...options } = chat;
    try {
      const { ids, said } = encodeChat(this.tokenizer, messages, { ...options, addGenerationPrompt: false });
      return { ids, learned: said, ends: true };
    } catch (cause) {
      if (!isJambalayaError(cause, 'tokenizer')) throw cause;
      const expected = 'a chat that its template takes';
      throw new JambalayaError('format', { file, line, expected, found: cause.message }, { hint: cause.hint, cause });
    }
  }
}

/**
 * UTF-8 bytes of each token's text within a longer one; none for special tokens. In a byte-level vocabulary a character of
 * a token's writing is a byte.
 */
export function tokenBytes(tokenizer: Tokenizer): Uint16Array {
  const encoder = new TextEncoder();
  // Some decoders treat the first token of a text in their own way.
  const before = tokenizer.encode('a', { parseSpecial: false });
  const textBefore = tokenizer.decode(before, { cleanUpSpaces: false });
  const bytes = new Uint16Array(tokenizer.vocabularySize);
  for (let id = 0; id < bytes.length; id++) {
    const written = tokenizer.tokenText(id);
    if (tokenizer.specialIds.has(id) || written === '') continue;
    const text = tokenizer.decode([...before, id], { cleanUpSpaces: false }).slice(textBefore.length);
    // A part of a character becomes U+FFFD.
    if (!text.includes('\uFFFD')) bytes[id] = encoder.encode(text).length;
    else bytes[id] = /^<0x[0-9A-F]{2}>$/.test(written) ? 1 : written.length;
  }
  return bytes;
}

/** Lines of a document into passages of at most so many words, cut where the author paused. */
import type { DocumentPart } from './passage.js';

/** A line, or a part of one, with its bytes in the file. */
export interface Piece {
  readonly text: string;
  readonly begin: number;
  readonly end: number;
  readonly line: number;
}

const words = /\S+/g;
export const wordsIn = (text: string): number => text.match(words)?.length ?? 0;

const encoder = new TextEncoder();
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/**
 * Collects pieces into passages: whole paragraphs as long as they fit; of a paragraph that is too long whole lines, and of a
 * line whole sentences, if they fit.
 */
export class PassageSplitter {
  #paragraph: Piece[] = [];
  #paragraphWords = 0;
  #paragraphs: Piece[][] = [];
  #words = 0;

  /** @param most words of a passage */
  constructor(private readonly most: number) {}

  /** Adds a line to the paragraph; gives what became full. */
  *add(piece: Piece, title: string | undefined): Generator<DocumentPart> {
    const count = wordsIn(piece.text);
    if (count === 0) return;
    // A paragraph that is longer than a passage goes out in parts.
    if (this.#paragraphWords + count > this.most && this.#paragraph.length > 0) yield* this.endParagraph(title);
    if (count > this.most) {
      for (const part of cut(piece, this.most)) {
        this.#paragraph.push(part);
        this.#paragraphWords += wordsIn(part.text);
        yield* this.endParagraph(title);
      }
      return;
    }
    this.#paragraph.push(piece);
    this.#paragraphWords += count;
  }

  *endParagraph(title: string | undefined): Generator<DocumentPart> {
    if (this.#paragraph.length === 0) return;
    if (this.#words + this.#paragraphWords > this.most) yield* this.flush(title);
    this.#paragraphs.push(this.#paragraph);
    this.#words += this.#paragraphWords;
    this.#paragraph = [];
    this.#paragraphWords = 0;
  }

  /** Ends the passage, without the paragraph that is open. */
  *flush(title: string | undefined): Generator<DocumentPart> {
    const [first] = this.#paragraphs;
    if (first === undefined) return;
    const { begin, line } = first[0]!;
    const end = this.#paragraphs.at(-1)!.at(-1)!.end;
    const text = this.#paragraphs.map((pieces) => pieces.map((piece) => piece.text.trimEnd()).join('\n')).join('\n\n');
    this.#paragraphs = [];
    this.#words = 0;
    yield { begin, end, line, ...(title === undefined ? {} : { title }), text };
  }

  /** Ends paragraph and passage. */
  *finish(title: string | undefined): Generator<DocumentPart> {
    yield* this.endParagraph(title);
    yield* this.flush(title);
  }
}

/** Parts of a line that is too long: as many whole sentences as fit, of a sentence that does not fit as many words. */
export function* cut(piece: Piece, most: number): Generator<Piece> {
  let { begin } = piece;
  for (const text of cutText(piece.text, most)) {
    const end = begin + utf8Bytes(text);
    yield { text, begin, end, line: piece.line };
    begin = end;
  }
}

/** The same of a text: the parts follow each other without a gap. */
export function* cutText(text: string, most: number): Generator<string> {
  let begin = 0;
  /** Where the last sentence began, and how many words were before it. */
  let sentence = 0;
  let before = 0;
  let count = 0;
  let endsSentence = false;
  for (const match of text.matchAll(words)) {
    if (endsSentence) {
      sentence = match.index;
      before = count;
    }
    if (count === most) {
      const at = sentence > begin ? sentence : match.index;
      yield text.slice(begin, at);
      count = sentence > begin ? count - before : 0;
      begin = at;
    }
    count++;
    endsSentence = /[.!?…。！？]["'”’»)\]]*$/u.test(match[0]);
  }
  if (text.slice(begin).trim() !== '') yield text.slice(begin);
}

/** Plain text and Markdown: paragraphs between empty lines; headings of Markdown are the titles of what follows. */
import type { DocumentPart } from '../passage.js';
import { PassageSplitter, type Piece } from '../split.js';

export async function* textParts(lines: AsyncIterable<Piece>, most: number): AsyncGenerator<DocumentPart> {
  const splitter = new PassageSplitter(most);
  for await (const line of lines) {
    if (line.text.trim() === '') yield* splitter.endParagraph(undefined);
    else yield* splitter.add(line, undefined);
  }
  yield* splitter.finish(undefined);
}

const fence = /^ {0,3}(`{3,}|~{3,})/;
const heading = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;

export async function* markdownParts(lines: AsyncIterable<Piece>, most: number): AsyncGenerator<DocumentPart> {
  const splitter = new PassageSplitter(most);
  const titles = new HeadingPath();
  let closing: string | undefined;
  for await (const line of lines) {
    const [, ticks] = fence.exec(line.text) ?? [];
    if (ticks !== undefined) {
      if (closing === undefined) closing = ticks;
      else if (ticks.startsWith(closing)) closing = undefined;
    }
    const [, level, text = ''] = closing === undefined ? (heading.exec(line.text) ?? []) : [];
    if (level !== undefined) {
      yield* splitter.finish(titles.title);
      titles.enter(level.length, text);
    } else if (line.text.trim() === '' && closing === undefined) yield* splitter.endParagraph(titles.title);
    else yield* splitter.add(line, titles.title);
  }
  yield* splitter.finish(titles.title);
}

/** The headings that a place stands under. */
export class HeadingPath {
  #path: { readonly level: number; readonly text: string }[] = [];

  /** From the outermost to the innermost: `Cooking › Rice`. */
  get title(): string | undefined {
    return this.#path.length === 0 ? undefined : this.#path.map(({ text }) => text).join(' › ');
  }

  enter(level: number, text: string): void {
    this.#path = this.#path.filter((outer) => outer.level < level);
    if (text.trim() !== '') this.#path.push({ level, text: text.trim() });
  }
}

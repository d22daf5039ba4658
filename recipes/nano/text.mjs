/** The texts of the mixture: files of public text by kind, each document once, a few of them held out. */
import { join } from 'node:path';
import { documentsOf } from 'jambalaya/train';
import { isHeldOutText } from './split.mjs';

const separator = '<|endoftext|>';
const shards = (name, count) => Array.from({ length: count }, (_, i) => `${name}_0${i}.txt.gz`);

/** Files of each kind of text, and how their documents are read. */
export const textKinds = {
  books: {
    files: [...shards('text_books/books_children', 3), ...shards('text_books/books_classics', 4)],
    source: { separator },
  },
  articles: { files: shards('text_wikipedia/wiki_articles', 2), source: { separator } },
  introductions: { files: ['text_wikipedia/wiki_intro.jsonl.gz'], source: { fields: { text: ['title', 'text'] } } },
  news: { files: ['text_wikinews/wikinews.jsonl.gz'], source: { fields: { text: ['title', 'text'] } } },
  speeches: { files: ['text_speeches/us_presidential_speeches.txt.gz'], source: { separator } },
  stories: { files: ['text_tinystories/tinystories_sample.txt.gz'], source: { separator } },
};

/**
 * The whole documents of one kind.
 *
 * @param {keyof typeof textKinds} kind
 * @param {string} data
 * @returns {AsyncGenerator<{ text: string, heldOut: boolean }>}
 */
export async function* textsOfKind(kind, data) {
  const { files, source } = textKinds[kind];
  for (const file of files) {
    let parts = [];
    for await (const piece of documentsOf(join(data, file), source)) {
      parts.push(piece.text);
      if (!piece.ends) continue;
      const text = parts.join('').trim();
      parts = [];
      if (text !== '') yield { text, heldOut: isHeldOutText(text) };
    }
  }
}

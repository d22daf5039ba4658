import { type Hit, openIndex, type Passage, termsOf } from '../retrieval/index.js';
import { formatCount, Output } from './output.js';

interface SearchFlags {
  readonly index?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export async function search(folder: string, query: string, { index, limit, json }: SearchFlags): Promise<void> {
  await using opened = await openIndex(folder, { index });
  const started = performance.now();
  const hits = await opened.search(query, { limit });
  const seconds = (performance.now() - started) / 1000;
  if (json) {
    const rows = hits.map(({ passage, score }, i) => ({ rank: i + 1, score, ...passage }));
    Output.json({ query, passages: opened.passages, seconds, hits: rows });
    return;
  }
  if (hits.length === 0) Output.line(`none of ${formatCount(opened.passages)} passages has a word of the query`);
  for (const [i, hit] of hits.entries()) printHit(i + 1, hit, query);
}

/** Where a passage stands: `FILE:LINE`, and its title. */
export const placeOf = ({ source, line, title }: Passage): string =>
  `${source}:${line}${title === undefined ? '' : `  ${title}`}`;

function printHit(rank: number, { passage, score }: Hit, query: string): void {
  Output.line(`${rank}. ${placeOf(passage)}  (${score.toFixed(2)})`);
  for (const line of wrapped(passage.text, width())) Output.line(`   ${emphasised(line, query)}`);
  Output.line();
}

/** Words of the query stand out where a terminal can show it. */
function emphasised(text: string, query: string): string {
  if (process.stdout.isTTY !== true || process.env.NO_COLOR !== undefined) return text;
  const wanted = new Set(termsOf(query));
  return text.replace(/[\p{L}\p{M}\p{N}]+/gu, (word) =>
    termsOf(word).some((term) => wanted.has(term)) ? `\x1b[1m${word}\x1b[22m` : word,
  );
}

const width = () => Math.max(20, Math.min(process.stdout.columns ?? 100, 100) - 3);

/** Lines of at most so many characters, cut between words. */
function* wrapped(text: string, columns: number): Generator<string> {
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > columns) {
        yield line;
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    yield line;
  }
}

import { askDocuments, type DocumentAnswer } from '../mrkl/index.js';
import { openIndex } from '../retrieval/index.js';
import { loadModel } from '../runtime/index.js';
import { type ModelOptions, modelOptions } from './options.js';
import { interruptible, Output, ProgressLine } from './output.js';
import { placeOf } from './search.js';

interface AskDocsFlags extends ModelOptions {
  readonly model?: string;
  readonly index?: string;
  readonly budget: number;
  readonly limit: number;
  readonly maxTokens: number;
  readonly json?: boolean;
}

export async function askDocs(folder: string, question: string, flags: AskDocsFlags): Promise<void> {
  const { model: name, index: place, budget, limit, maxTokens, json = false } = flags;
  await using index = await openIndex(folder, { index: place });
  await using model = name === undefined ? undefined : await loadModel(name, modelOptions(flags));
  const progress = new ProgressLine(json);
  const result = await askDocuments(index, question, {
    model,
    budget,
    limit,
    maxTokens,
    signal: interruptible(),
    onPrefill: (done, total) => progress.update('reading the passages', done, total),
  }).finally(() => progress.end());
  if (json) {
    const sources = result.sources.map(({ passage, score, quote }) => ({ ...passage, score, quote }));
    Output.json({ question, ...result, sources });
    return;
  }
  print(result);
}

const bases: Readonly<Record<DocumentAnswer['basis'], string>> = {
  named: 'the model names as its sources',
  words: 'with the words of the answer',
  quoted: 'quoted, as no model was given (--model MODEL reads them)',
  nothing: 'that were looked at',
};

function print({ answer, sources, basis }: DocumentAnswer): void {
  if (sources.length === 0) {
    Output.line('The documents do not say: no passage has a word of the question that tells anything.');
    return;
  }
  Output.line(answer ?? 'The documents do not say.');
  if (answer !== null && basis === 'nothing') Output.line('(No passage has these words: do not rely on it.)');
  Output.line();
  Output.line(`Passages ${bases[basis]}:`);
  for (const [i, { passage, quote }] of sources.entries()) {
    Output.line(`  ${i + 1}. ${placeOf(passage)}`);
    Output.line(`     “${quote.length > 300 ? `${quote.slice(0, 300)}…` : quote}”`);
  }
}

/**
 * How often BM25 finds the passage that answers a question, among 22,818 passages: 20,000 introductions of Wikipedia articles, the
 * paragraphs of SQuAD's development set, and the gold passages of Natural Questions.
 *
 *     npm run bench -- retrieval --data DIR [--json FILE]
 *
 * DIR has text_wikipedia/wiki_intro.jsonl.gz (rows {id, title, text}), qa_squad/squad_dev_shared.jsonl.gz (rows {title, context,
 * qas: [{question, is_impossible}]}) and qa_nq_open/nq_open_oracle_shared.jsonl.gz (rows {question, title, passage}). Of every
 * question that has an answer it is asked whether its own passage is among the first 5 and 20; a passage counts as the same if its
 * text is. Questions are asked one after another, so that the time of a query is its own.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { indexFolder, openIndex } from 'jambalaya/retrieval';

const { values: flags } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'string' } } });
if (flags.data === undefined) throw new Error('--data DIR is missing');

const rows = (file) =>
  gunzipSync(readFileSync(join(flags.data, file)))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const wikipedia = rows('text_wikipedia/wiki_intro.jsonl.gz');
const squad = rows('qa_squad/squad_dev_shared.jsonl.gz');
const natural = rows('qa_nq_open/nq_open_oracle_shared.jsonl.gz');

const folder = mkdtempSync(join(tmpdir(), 'jambalaya-retrieval-'));
const passages = [
  ...wikipedia.map(({ title, text }, i) => ({ id: `wiki-${i}`, title, text })),
  ...squad.map(({ title, context }, i) => ({ id: `squad-${i}`, title, text: context })),
  ...natural.map(({ title, passage }, i) => ({ id: `nq-${i}`, title, text: passage })),
];
writeFileSync(join(folder, 'passages.jsonl'), passages.map((row) => `${JSON.stringify(row)}\n`).join(''));

try {
  // No passage is cut: a row is what the questions are about.
  const report = await indexFolder(folder, { passageWords: 1_000_000 });
  const index = await openIndex(folder);
  const milliseconds = [];
  const ranks = async (questions) => {
    const found = [];
    for (const { question, text } of questions) {
      const start = performance.now();
      const hits = await index.search(question, { limit: 20 });
      milliseconds.push(performance.now() - start);
      const rank = hits.findIndex(({ passage }) => passage.text === text.trim());
      found.push(rank < 0 ? Number.POSITIVE_INFINITY : rank + 1);
    }
    const recall = (k) => found.filter((rank) => rank <= k).length / found.length;
    const reciprocal = found.reduce((sum, rank) => sum + 1 / rank, 0) / found.length;
    return {
      questions: found.length,
      recall1: recall(1),
      recall5: recall(5),
      recall20: recall(20),
      reciprocalRank20: reciprocal,
    };
  };
  const squadQuestions = squad.flatMap(({ context, qas }) =>
    qas.filter(({ is_impossible }) => !is_impossible).map(({ question }) => ({ question, text: context })),
  );
  const result = {
    passages: report.passages,
    indexSeconds: report.seconds,
    indexBytes: report.bytes,
    squad: await ranks(squadQuestions),
    naturalQuestions: await ranks(natural.map(({ question, passage }) => ({ question, text: passage }))),
  };
  await index.close();
  milliseconds.sort((a, b) => a - b);
  const at = (share) => milliseconds[Math.floor(share * (milliseconds.length - 1))];
  const query = { medianMilliseconds: at(0.5), p95Milliseconds: at(0.95), maxMilliseconds: at(1) };
  const all = { ...result, query };
  console.log(
    `${report.passages} passages indexed in ${report.seconds.toFixed(1)} s, ${(report.bytes / 1e6).toFixed(1)} MB`,
  );
  for (const name of ['squad', 'naturalQuestions']) {
    const { questions, recall1, recall5, recall20 } = all[name];
    console.log(
      `${name}: ${questions} questions, recall@1 ${recall1.toFixed(3)}, @5 ${recall5.toFixed(3)}, @20 ${recall20.toFixed(3)}`,
    );
  }
  console.log(
    `a query: median ${at(0.5).toFixed(1)} ms, 95 % within ${at(0.95).toFixed(1)} ms, all within ${at(1).toFixed(1)} ms`,
  );
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(all, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * How well a model answers questions about passages that it has never seen: SQuAD's exact match and F1, on the articles
 * that `split.mjs` keeps from training.
 *
 *     node recipes/nano/answers.mjs MODEL --data DIR [--limit N] [--weights file|bf16|experts-int8|int8] [--together 16] [--json]
 *
 * DIR has `qa_squad/`. Answers are greedy. `--limit N` asks N questions, evenly spread over all. F1 of questions that have an
 * answer counts the sentence that the documents do not say as an empty answer.
 */
import { parseArgs } from 'node:util';
import { loadModel } from 'jambalaya';
import { answerItems } from './measure/answers.mjs';
import { heldOutQuestions, spread, summarize } from './questions/heldOut.mjs';
import { rowReader, trainingFiles } from './rows.mjs';

/** Tokens of the longest answer that is waited for. */
const maxTokens = 48;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    limit: { type: 'string' },
    weights: { type: 'string', default: 'file' },
    together: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
  },
});
const [limit, together] = [values.limit ?? '1000000', values.together].map(Number);
if (
  positionals.length !== 1 ||
  values.data === undefined ||
  ![limit, together].every((n) => Number.isInteger(n) && n > 0)
) {
  console.error(
    'usage: node recipes/nano/answers.mjs MODEL --data DIR [--limit N] [--weights W] [--together N] [--json]',
  );
  process.exit(2);
}

const rows = rowReader(values.data, [trainingFiles.squad]);
const questions = spread(heldOutQuestions(rows(trainingFiles.squad)), limit);
const model = await loadModel(positionals[0], { weights: values.weights });
try {
  const onAnswer = (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${questions.length} questions`);
  };
  const answered = await answerItems(model, questions, { together, maxTokens, onAnswer });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const samples = spread(answered, 12).map(({ chat, accepted, given }) => ({
    question: chat.messages[0].content,
    accepted,
    given,
  }));
  const { device, isa } = model.info;
  const run = {
    model: positionals[0],
    weights: values.weights,
    device,
    isa,
    articles: [...new Set(questions.map(({ group }) => group))],
  };
  const scores = summarize(answered);
  if (values.json) console.log(JSON.stringify({ ...run, ...scores, samples }));
  else {
    console.log(
      `SQuAD, ${questions.length} questions on ${run.articles.join(', ')}; ${run.model}, weights ${run.weights}`,
    );
    const rounded = (_, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value);
    console.table(JSON.parse(JSON.stringify(scores, rounded)));
    for (const { question, accepted, given } of samples) {
      console.log(`${question}\n  answered: ${given}\n  accepted: ${accepted.join(' / ') || 'nothing'}`);
    }
  }
} finally {
  await model.dispose();
}

/** The only files of questions and tools that anything is learned from, and the reader that opens no other. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Below the data folder. `split.mjs` keeps a fifth of the first three and of the tools from training. */
export const trainingFiles = {
  squad: 'qa_squad/squad_dev_shared.jsonl.gz',
  naturalQuestions: 'qa_nq_open/nq_open_oracle_shared.jsonl.gz',
  pubmed: 'qa_pubmedqa/pqal_shared.jsonl.gz',
  fairytaleQuestions: 'qa_fairytaleqa/train_questions.jsonl.gz',
  fairytales: 'qa_fairytaleqa/train_stories.jsonl.gz',
  ...Object.fromEntries(
    ['simple_python', 'multiple', 'parallel', 'parallel_multiple', 'live_simple', 'irrelevance'].map((category) => [
      category,
      `tools_bfcl/${category}.jsonl.gz`,
    ]),
  ),
};

/**
 * A reader of files with a JSON object on each line, in gzip.
 *
 * @param {string} data the folder of all data
 * @param {readonly string[]} allowed paths below it; any other is refused, whether it exists or not
 * @returns {(file: string) => any[]}
 */
export function rowReader(data, allowed) {
  return (file) => {
    if (!allowed.includes(file))
      throw new Error(`${file} may not be learned from: expected one of ${allowed.join(', ')}`);
    const path = join(data, file);
    if (!existsSync(path)) throw new Error(`${path} is not there: give with --data the folder that has ${file}`);
    const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  };
}

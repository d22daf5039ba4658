/**
 * Conversations about passages: SQuAD, Natural Questions, PubMedQA and FairytaleQA, without the fifth that `split.mjs` keeps.
 *
 *     node recipes/nano/questions.mjs --data DIR [--sample 3] [--seed 1]     examples, and totals per source
 */
import { fileURLToPath } from 'node:url';
import { chatBytes, limits } from './questions/chats.mjs';
import { fairytaleChats, naturalQuestionChats, pubmedChats } from './questions/others.mjs';
import { squadChats } from './questions/squad.mjs';
import { rowReader, trainingFiles } from './rows.mjs';

/**
 * Every question, in as many mixes as there are passes: grouped, cut and put beside other documents in another way each time.
 *
 * @param {{ data: string, seed: number, passes?: number }} options
 * @returns {AsyncGenerator<import('./questions/chats.mjs').Chat>}
 */
export async function* questionChats({ data, seed, passes = 2 }) {
  const { squad, naturalQuestions, pubmed, fairytaleQuestions, fairytales } = trainingFiles;
  const rows = rowReader(data, [squad, naturalQuestions, pubmed, fairytaleQuestions, fairytales]);
  for (let pass = 0; pass < passes; pass++) {
    const path = `${seed}/${pass}`;
    const sources = [
      squadChats(rows(squad), path),
      naturalQuestionChats(rows(naturalQuestions), path),
      // They are the same each time.
      pass === 0 ? pubmedChats(rows(pubmed)) : [],
      fairytaleChats(rows(fairytaleQuestions), rows(fairytales), path),
    ];
    for (const source of sources) for (const chat of source) if (chatBytes(chat) <= limits.chat) yield chat;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { printChats } = await import('./sample.mjs');
  await printChats(questionChats);
}

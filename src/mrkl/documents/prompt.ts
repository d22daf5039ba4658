/** What a reader is asked: numbered passages, the question, and leave to say that they do not say. */
import type { Prompt } from '../../runtime/index.js';

/** What the answer is to be where the passages have none. */
export const doNotSay = 'The documents do not say.';

const task =
  'Answer the question from the numbered passages alone, in a few words or one sentence, and name the passages in brackets, such ' +
  `as [1]. If they do not hold the answer, say: ${doNotSay}`;

/** Where a passage stands in the prompt. */
export const numbered = ({ title, text }: { readonly title?: string; readonly text: string }, number: number): string =>
  `[${number}]${title === undefined ? '' : ` ${title}:`} ${text.replace(/\s+/g, ' ').trim()}`;

/** As a chat, or for a model without a chat template as a text that the answer continues. */
export function readerPrompt(passages: string, question: string, isChat: boolean): Prompt {
  const asked = `${passages}\n\nQuestion: ${question.trim()}`;
  if (!isChat) return `${task}\n\n${asked}\nAnswer:`;
  return {
    messages: [
      { role: 'system', content: task },
      { role: 'user', content: asked },
    ],
  };
}

import { Assistant } from '../mrkl/index.js';
import { Output } from './output.js';

export interface AskOptions {
  readonly now?: string;
  readonly timeZone?: string;
  readonly locale?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

export async function ask(question: string, { json, ...options }: AskOptions): Promise<void> {
  const answer = await new Assistant(options).ask(question);
  if (json) {
    const { answer: text, value, expert, unsure, probabilities, trace, ...rest } = answer;
    Output.json({ answer: text, value, ...rest, expert, unsure, probabilities, trace });
    return;
  }
  Output.line(answer.answer);
}

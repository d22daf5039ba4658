import { readFile } from 'node:fs/promises';
import { JambalayaError } from '../errors/index.js';
import { Assistant, formatTree, parseTrace, replay } from '../mrkl/index.js';
import { Output } from './output.js';

export interface AskOptions {
  readonly now?: string;
  readonly timeZone?: string;
  readonly locale?: string;
  readonly offline?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Exit code 0 also when unsure: that is an answer. */
export async function ask(question: string, { json, quiet, ...options }: AskOptions): Promise<void> {
  const answer = await new Assistant(options).ask(question);
  if (json) {
    const { answer: text, value, expert, unsure, probabilities, trace, ...rest } = answer;
    Output.json({ answer: text, value, ...rest, expert, unsure, probabilities, trace });
    return;
  }
  Output.line(answer.answer);
  if (!quiet) Output.line(`\n${formatTree(answer)}`);
}

/** Exit code 1 if the bits differ. */
export async function replayTrace(file: string, { json }: { readonly json?: boolean }): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new JambalayaError('file', { file, operation: 'read', reason: (cause as Error).message }, { cause });
  });
  const { same, differences, answer } = await replay(parseTrace(text, file));
  if (json) Output.json({ same, differences, answer: answer.answer, value: answer.value });
  else {
    Output.line(same ? `the same: ${answer.answer}` : `not the same: ${differences.length} differences`);
    for (const { path, then, now } of differences)
      Output.line(`  ${path}: ${JSON.stringify(then)} then, ${JSON.stringify(now)} now`);
  }
  if (!same) process.exitCode = 1;
}

import { createInterface } from 'node:readline';
import { isJambalayaError } from '../errors/index.js';
import { type LocalModel, loadModel } from '../runtime/index.js';
import { type ModelOptions, modelOptions, type SamplingFlags, samplingOptions } from './options.js';
import { Output } from './output.js';

interface ChatOptions extends ModelOptions, SamplingFlags {
  readonly system?: string;
}

type Turn = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

/** Reads lines until the input ends; Ctrl-C stops an answer, or leaves when none is running. */
export async function chat(name: string, options: ChatOptions): Promise<void> {
  await using model = await loadModel(name, modelOptions(options));
  const { device, isa } = model.info;
  Output.note(`${name} on ${device} ${isa}. Ctrl-C stops an answer, Ctrl-D leaves.`);
  if (!model.facets.has('renderChat'))
    Output.note('The model has no chat template: it continues your text as it stands.');
  const turns: Turn[] = options.system === undefined ? [] : [{ role: 'system', content: options.system }];
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ' });
  let answering: AbortController | undefined;
  lines.on('SIGINT', () => (answering === undefined ? lines.close() : answering.abort()));
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') {
      answering = new AbortController();
      turns.push({ role: 'user', content: line });
      turns.push({ role: 'assistant', content: await answer(model, turns, options, answering.signal) });
      answering = undefined;
      Output.line();
    }
    lines.prompt();
  }
}

async function answer(
  model: LocalModel,
  turns: readonly Turn[],
  options: ChatOptions,
  signal: AbortSignal,
): Promise<string> {
  const prompt = model.facets.has('renderChat')
    ? await model.chatIds(turns)
    : turns.map(({ content }) => content).join('');
  const request = { prompt, ...samplingOptions(options) };
  let text = '';
  try {
    for await (const part of model.generate(request, { signal })) {
      if (part.type !== 'token' && part.type !== 'text') continue;
      Output.text(part.text);
      text += part.text;
    }
  } catch (error) {
    if (!isJambalayaError(error, 'aborted')) throw error;
  }
  // Templates put white space around what is said themselves.
  return model.facets.has('renderChat') ? text.trim() : text;
}

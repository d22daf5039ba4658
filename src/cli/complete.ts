import { type GenerationPart, loadModel } from '../runtime/index.js';
import { modelAndText } from './modelChoice.js';
import { type ModelOptions, modelOptions, type SamplingFlags, samplingOptions } from './options.js';
import { formatSeconds, interruptible, Output, ProgressLine } from './output.js';
import { promptOf } from './promptText.js';

interface CompleteOptions extends ModelOptions, SamplingFlags {
  readonly model?: string;
  readonly file?: string;
  readonly ids?: readonly number[];
  readonly logprobs?: number;
  readonly ignoreEnd?: boolean;
  readonly json?: boolean;
}

type Finish = Extract<GenerationPart, { type: 'finish' }>;

export async function complete(
  first: string | undefined,
  second: string | undefined,
  options: CompleteOptions,
): Promise<void> {
  const { file, ids: promptIds, json = false } = options;
  const textElsewhere = file !== undefined || promptIds !== undefined;
  const { model: name, text: argument } = modelAndText(first, second, { model: options.model, textElsewhere });
  const prompt = await promptOf({ text: argument, file, ids: promptIds });
  await using model = await loadModel(name, modelOptions(options));
  const request = { prompt, ...samplingOptions(options), logprobs: options.logprobs, ignoreEnd: options.ignoreEnd };
  const progress = new ProgressLine(json);
  const ids: number[] = [];
  const logprobs: unknown[] = [];
  let text = '';
  let finish: Finish | undefined;
  try {
    for await (const part of model.generate(request, { signal: interruptible() })) {
      if (part.type === 'prefill') progress.update('reading the prompt', part.done, part.total);
      else if (part.type === 'finish') finish = part;
      else if (part.type === 'token' || part.type === 'text') {
        progress.end();
        text += part.text;
        if (!json) Output.text(part.text);
        if (part.type === 'token') {
          ids.push(part.id);
          if (part.logprob !== undefined) {
            const top = part.top?.map(({ id, logprob }) => ({ id, logprob }));
            logprobs.push({ id: part.id, logprob: part.logprob, top });
          }
        }
      }
    }
  } finally {
    progress.end();
    // An answer that was stopped ends its line, too.
    if (!json && (finish !== undefined || text !== '')) Output.line();
  }
  const { reason, usage } = finish!;
  const { promptTokens, completionTokens, seconds } = usage;
  const { device, isa, loadSeconds } = model.info;
  if (json) {
    Output.json({
      text,
      ids,
      promptTokens,
      completionTokens,
      finishReason: reason,
      device,
      isa,
      seconds: { load: loadSeconds, prefill: seconds.prefill, decode: seconds.decode },
      ...(options.logprobs === undefined ? {} : { logprobs }),
    });
    return;
  }
  const rate = seconds.decode > 0 ? ` (${(completionTokens / seconds.decode).toFixed(0)} tokens/s)` : '';
  Output.note(
    `${promptTokens} + ${completionTokens} tokens on ${device} ${isa}: loaded in ${formatSeconds(loadSeconds)}, ` +
      `prompt ${formatSeconds(seconds.prefill)}, answer ${formatSeconds(seconds.decode)}${rate}; ended by ${reason}`,
  );
}

/** `POST /v1/completions` */
import { z } from 'zod';
import { expectFacet, type GenerateRequest, type ScoredToken } from '../runtime/index.js';
import { badField } from './apiError.js';
import { checkBody } from './body.js';
import type { ServerContext } from './context.js';
import { eventStream } from './eventStream.js';
import { type CompletionLogprobs, CompletionScores } from './logprobs.js';
import type { ModelEntry } from './models.js';
import { type RunPart, startRun } from './run.js';
import { samplingFields, samplingOf } from './sampling.js';
import { UsageSum } from './usage.js';

const ids = z.array(z.int().min(0)).min(1);
export const promptsField = z.union(
  [z.string(), z.array(z.string()).min(1), ids, z.array(ids).min(1)],
  'expected text, token ids, or a list of either',
);

const completionSchema = z.object({
  ...samplingFields,
  prompt: promptsField,
  max_tokens: z.int().min(0).nullish(),
  logprobs: z.int().min(0).nullish(),
  echo: z.boolean().nullish(),
  best_of: z.int().min(1).nullish(),
  suffix: z.null().optional(),
});
type CompletionBody = z.infer<typeof completionSchema>;

/** OpenAI's, where nothing is said. */
const defaultMaxTokens = 16;

/** One prompt or several, as a list. */
export function promptList(prompt: z.infer<typeof promptsField>): readonly (string | readonly number[])[] {
  if (typeof prompt === 'string') return [prompt];
  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as (string | number[])[]);
}

interface CompletionTask {
  readonly prompts: readonly (string | readonly number[])[];
  readonly requests: readonly GenerateRequest[];
  /** The text of each prompt, where it is part of the answer. */
  readonly echoed: readonly string[] | undefined;
  readonly n: number;
}

export async function completions(
  context: ServerContext,
  json: Record<string, unknown>,
  client: AbortSignal,
): Promise<Response> {
  const body = checkBody(completionSchema, json);
  const entry = context.models.find(body.model);
  const task = await completionTask(body, entry, context);
  const parts = await startRun(context, entry, task.requests, client);
  const head = {
    id: `cmpl-${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model: entry.name,
    system_fingerprint: `jambalaya-${context.version}`,
  };
  if (body.stream) {
    const events = chunks(parts, task, head, body.stream_options?.include_usage === true);
    return eventStream(events, context.limits.unreadBytes);
  }
  const wholes = choicesOf(task).map((choice) => ({
    choice,
    text: '',
    lists: emptyLists(),
    scored: false,
    finish: {},
  }));
  const sum = new UsageSum();
  for await (const each of parts) {
    for (const { index, text, logprobs, finish } of steps(
      each,
      task,
      wholes.map(({ choice }) => choice),
      sum,
    )) {
      const whole = wholes[index]!;
      whole.text += text;
      if (logprobs !== null) {
        whole.scored = true;
        for (const [name, list] of Object.entries(logprobs))
          (whole.lists[name as keyof CompletionLogprobs] as unknown[]).push(...list);
      }
      if (finish !== undefined) whole.finish = finish;
    }
  }
  const choices = wholes.map(({ text, lists, scored, finish }, index) => ({
    index,
    text,
    logprobs: scored ? lists : null,
    ...finish,
  }));
  return Response.json({ ...head, choices, usage: sum.usage, timings: sum.timings });
}

async function completionTask(
  body: CompletionBody,
  entry: ModelEntry,
  { limits }: ServerContext,
): Promise<CompletionTask> {
  const prompts = promptList(body.prompt);
  if (prompts.length > limits.prompts)
    throw badField('prompt', `\`prompt\`: at most ${limits.prompts} prompts, got ${prompts.length}`);
  const { logprobs, echo } = body;
  const n = body.n ?? 1;
  if (logprobs != null && logprobs > limits.topLogprobs)
    throw badField('logprobs', `\`logprobs\`: at most ${limits.topLogprobs}`);
  if (body.best_of != null && body.best_of !== n)
    throw badField('best_of', '`best_of`: only the value of `n` is possible', 'unsupported');
  const shared = samplingOf(body, entry, limits);
  const scores = logprobs == null ? {} : { logprobs, ...(echo ? { promptLogprobs: logprobs } : {}) };
  const requests = prompts.map((prompt, i): GenerateRequest => {
    // Each prompt draws for itself, and the first as if it were alone.
    const seed = shared.seed === undefined ? {} : { seed: shared.seed + i };
    return { ...shared, ...seed, prompt, maxTokens: body.max_tokens ?? defaultMaxTokens, ...scores };
  });
  const echoed = echo ? await Promise.all(prompts.map((prompt) => textOf(prompt, entry))) : undefined;
  return { prompts, requests, echoed, n };
}

const textOf = async (prompt: string | readonly number[], { model }: ModelEntry) =>
  typeof prompt === 'string' ? prompt : expectFacet(model, 'detokenize')(prompt);

/** A choice in the making. */
interface OpenChoice {
  readonly index: number;
  readonly scores: CompletionScores;
  begun: boolean;
}

const choicesOf = ({ prompts, n }: CompletionTask): OpenChoice[] =>
  Array.from({ length: prompts.length * n }, (_, index) => ({ index, scores: new CompletionScores(), begun: false }));

const emptyLists = (): CompletionLogprobs => ({ tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] });

interface CompletionStep {
  readonly index: number;
  readonly text: string;
  readonly logprobs: CompletionLogprobs | null;
  readonly finish?: { readonly finish_reason: string; readonly stop_reason: string | null };
}

/** What a part adds to the choices of its prompt. */
function* steps(
  { prompt, part }: RunPart,
  task: CompletionTask,
  choices: readonly OpenChoice[],
  sum: UsageSum,
): Generator<CompletionStep> {
  const { n, echoed } = task;
  const step = (choice: OpenChoice, text: string, tokens: readonly ScoredToken[]): CompletionStep => ({
    index: choice.index,
    text,
    logprobs: tokens.length === 0 ? null : choice.scores.lists(tokens),
  });
  const own = choices.slice(prompt * n, (prompt + 1) * n);
  if (part.type === 'prompt') {
    for (const choice of own) {
      choice.begun = true;
      yield step(choice, echoed?.[prompt] ?? '', part.tokens);
    }
  }
  if (part.type !== 'token' && part.type !== 'text' && part.type !== 'finish') return;
  const choice = own[part.choice]!;
  if (!choice.begun && echoed !== undefined) yield step(choice, echoed[prompt]!, []);
  choice.begun = true;
  if (part.type === 'token') yield step(choice, part.text, part.logprob === undefined ? [] : [part]);
  else if (part.type === 'text') yield step(choice, part.text, []);
  else {
    sum.add(part.usage, part.choice);
    yield { ...step(choice, '', []), finish: { finish_reason: part.reason, stop_reason: part.stopped ?? null } };
  }
}

async function* chunks(
  parts: AsyncGenerator<RunPart, void>,
  task: CompletionTask,
  head: object,
  includeUsage: boolean,
): AsyncGenerator<object, void> {
  const sum = new UsageSum();
  const choices = choicesOf(task);
  const last = includeUsage ? { usage: null } : {};
  for await (const each of parts) {
    for (const { index, text, logprobs, finish = { finish_reason: null, stop_reason: null } } of steps(
      each,
      task,
      choices,
      sum,
    )) {
      if (text === '' && logprobs === null && finish.finish_reason === null) continue;
      yield { ...head, choices: [{ index, text, logprobs, ...finish }], ...last };
    }
  }
  if (includeUsage) yield { ...head, choices: [], usage: sum.usage, timings: sum.timings };
}

/** `POST /v1/chat/completions` */

import { checkBody } from './body.js';
import { ChatChoice, WholeChat } from './chatAnswer.js';
import { type ChatTask, chatSchema, chatTask } from './chatRequest.js';
import type { ServerContext } from './context.js';
import { eventStream } from './eventStream.js';
import { type RunPart, startRun } from './run.js';
import { UsageSum } from './usage.js';

export async function chatCompletions(
  context: ServerContext,
  json: Record<string, unknown>,
  client: AbortSignal,
): Promise<Response> {
  const body = checkBody(chatSchema, json);
  const entry = context.models.find(body.model);
  const task = chatTask(body, entry, context.limits);
  const parts = await startRun(context, entry, [task.request], client);
  const head = {
    id: `chatcmpl-${crypto.randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model: entry.name,
    system_fingerprint: `jambalaya-${context.version}`,
  };
  if (body.stream) {
    const chunk = { ...head, object: 'chat.completion.chunk' };
    return eventStream(
      chunks(parts, task, chunk, body.stream_options?.include_usage === true),
      context.limits.unreadBytes,
    );
  }
  const wholes = choicesOf(task, () => new WholeChat());
  const choices = choicesOf(task, (index) => new ChatChoice(index, task.calls));
  const sum = new UsageSum();
  for await (const { part } of parts) {
    if (!('choice' in part)) continue;
    for (const step of choices[part.choice]!.steps(part)) {
      wholes[part.choice]!.add(step);
      if (step.finish !== undefined) sum.add(step.finish.usage, part.choice);
    }
  }
  return Response.json({
    ...head,
    object: 'chat.completion',
    choices: wholes.map((whole, index) => whole.choice(index)),
    usage: sum.usage,
    timings: sum.timings,
  });
}

const choicesOf = <T>({ request }: ChatTask, make: (index: number) => T): T[] =>
  Array.from({ length: request.choices ?? 1 }, (_, index) => make(index));

async function* chunks(
  parts: AsyncGenerator<RunPart, void>,
  task: ChatTask,
  head: object,
  includeUsage: boolean,
): AsyncGenerator<object, void> {
  const sum = new UsageSum();
  const last = includeUsage ? { usage: null } : {};
  const choices = choicesOf(task, (index) => new ChatChoice(index, task.calls));
  const chunk = (index: number, delta: object, more: object = {}) => ({
    ...head,
    choices: [{ index, delta, logprobs: null, finish_reason: null, ...more }],
    ...last,
  });
  for (const { index } of choices) yield chunk(index, { role: 'assistant', content: '' });
  for await (const { part } of parts) {
    if (!('choice' in part)) continue;
    const { choice } = part;
    for (const { delta = {}, logprobs = null, finish } of choices[choice]!.steps(part)) {
      if (finish === undefined) {
        yield chunk(choice, delta, { logprobs });
        continue;
      }
      sum.add(finish.usage, choice);
      yield chunk(choice, {}, { finish_reason: finish.reason, stop_reason: finish.stopReason });
    }
  }
  if (includeUsage) yield { ...head, choices: [], usage: sum.usage, timings: sum.timings };
}

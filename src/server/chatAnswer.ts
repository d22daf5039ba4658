/** Parts of an answer as the deltas of a chat choice, and the whole message in the end. */
import type { GenerationPart, GenerationUsage, ToolCall } from '../runtime/index.js';
import type { CallMode } from './chatRequest.js';
import { chatLogprob } from './logprobs.js';

export interface CallDelta {
  readonly index: number;
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface Citation {
  /** The document's place in the request. */
  readonly document: number;
}

export interface ChatDelta {
  readonly content?: string;
  readonly tool_calls?: readonly CallDelta[];
  readonly citations?: readonly Citation[];
  /** How the answer came about: route, plan, steps and sources. */
  readonly trace?: Readonly<Record<string, unknown>>;
}

export interface ChatStep {
  readonly delta?: ChatDelta;
  readonly logprobs?: { readonly content: readonly unknown[]; readonly refusal: null };
  readonly finish?: { readonly reason: string; readonly stopReason: string | null; readonly usage: GenerationUsage };
}

/** One choice of a chat. */
export class ChatChoice {
  private calls = 0;
  /** Templates put the space before an answer themselves; models that say it are not quoted with it. */
  private begun = false;
  /** Held back where the whole answer becomes calls. */
  private text = '';

  constructor(
    readonly index: number,
    private readonly mode: CallMode,
  ) {}

  /** What a part adds; nothing for parts that say nothing. */
  steps(part: GenerationPart): ChatStep[] {
    switch (part.type) {
      case 'token': {
        const logprobs =
          part.logprob === undefined ? {} : { logprobs: { content: [chatLogprob(part)], refusal: null } };
        return this.content(part.text, logprobs);
      }
      case 'text':
        return this.content(part.text, {});
      case 'toolCall':
        return this.call(part);
      case 'citations':
        return [{ delta: { citations: part.documents.map((document) => ({ document })) } }];
      case 'trace':
        return [{ delta: { trace: part.trace } }];
      case 'finish': {
        const forced = this.mode.kind === 'tags' ? [] : this.forced();
        const { reason, stopped = null, usage } = part;
        const told = this.calls > 0 && reason === 'stop' ? 'tool_calls' : reason;
        return [...forced, { finish: { reason: told, stopReason: stopped, usage } }];
      }
      default:
        return [];
    }
  }

  private content(text: string, logprobs: Pick<ChatStep, 'logprobs'>): ChatStep[] {
    if (this.mode.kind !== 'tags') {
      this.text += text;
      return logprobs.logprobs === undefined ? [] : [logprobs];
    }
    const shown = this.begun ? text : text.trimStart();
    this.begun ||= shown !== '';
    if (shown === '') return logprobs.logprobs === undefined ? [] : [{ delta: { content: '' }, ...logprobs }];
    return [{ delta: { content: shown }, ...logprobs }];
  }

  /** The answer as the calls that it was forced to be; what was cut off before its end stays text. */
  private forced(): ChatStep[] {
    const { mode, text } = this;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return text === '' ? [] : [{ delta: { content: text } }];
    }
    if (mode.kind === 'arguments') return this.call({ name: mode.name, arguments: text.trim() });
    const list = value as { name: string; arguments: unknown }[];
    return list.flatMap((each) => this.call({ name: each.name, arguments: JSON.stringify(each.arguments) }));
  }

  private call({ name, arguments: given }: ToolCall): ChatStep[] {
    const parallel = this.mode.kind === 'arguments' || this.mode.parallel;
    if (!parallel && this.calls > 0) return [];
    const id = `call_${crypto.randomUUID().replaceAll('-', '')}`;
    return [
      { delta: { tool_calls: [{ index: this.calls++, id, type: 'function', function: { name, arguments: given } }] } },
    ];
  }
}

/** A choice as a whole. */
export interface WholeChoice {
  readonly index: number;
  readonly message: object;
  readonly logprobs: object | null;
  readonly finish_reason: string;
  readonly stop_reason: string | null;
}

/** Puts the steps of a choice together. */
export class WholeChat {
  private content = '';
  private readonly calls: CallDelta[] = [];
  private citations: readonly Citation[] | undefined;
  private trace: ChatDelta['trace'];
  private readonly logprobs: unknown[] = [];
  private scored = false;
  private finish: ChatStep['finish'];

  add({ delta, logprobs, finish }: ChatStep): void {
    this.content += delta?.content ?? '';
    this.calls.push(...(delta?.tool_calls ?? []));
    this.citations = delta?.citations ?? this.citations;
    this.trace = delta?.trace ?? this.trace;
    if (logprobs !== undefined) this.scored = true;
    this.logprobs.push(...(logprobs?.content ?? []));
    this.finish = finish ?? this.finish;
  }

  choice(index: number): WholeChoice {
    const { content, citations, trace, finish } = this;
    const calls = this.calls.map(({ index: _, ...call }) => call);
    return {
      index,
      message: {
        role: 'assistant',
        content: content === '' && calls.length > 0 ? null : content,
        refusal: null,
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
        ...(citations === undefined ? {} : { citations }),
        ...(trace === undefined ? {} : { trace }),
      },
      logprobs: this.scored ? { content: this.logprobs, refusal: null } : null,
      finish_reason: finish?.reason ?? 'stop',
      stop_reason: finish?.stopReason ?? null,
    };
  }
}

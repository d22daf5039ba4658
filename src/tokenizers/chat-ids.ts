/**
 * A chat as ids: the template's special tokens are special, what people and programs wrote is not, and it is known which
 * ids the assistant said.
 */
import { JambalayaError } from '../errors/index.js';
import type { ChatMessage, RenderOptions, Tokenizer } from './tokenizer.js';

export interface ChatIds {
  readonly ids: readonly number[];
  /** For each id, whether the assistant said it, the token that ends its turn included. */
  readonly said: readonly boolean[];
}

/** UTF-16 units [start, end) of a rendered chat. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Ids of a chat, rendered by the tokenizer's template. A special token's string within messages, tools, documents or
 * variables stays a string of characters, whatever the role. The text is cut at special tokens, and where a turn of the
 * assistant begins and ends; the parts are encoded one by one, as a prompt and its answer are.
 *
 * What the assistant said is found by rendering: up to the turn with a generation prompt, and with the turn. The rest of
 * the second is the turn.
 *
 * @throws `tokenizer` if the template refuses the messages, or renders a turn of the assistant otherwise within the chat
 *   than at its end
 */
export function encodeChat(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: RenderOptions = {},
): ChatIds {
  return tokenizer.together('encoding a chat', () => {
    const chat = new RenderedChat(tokenizer, messages, {
      ...options,
      addGenerationPrompt: options.addGenerationPrompt ?? false,
    });
    const { spans, unclear } = chat.assistantSpans();
    if (unclear !== undefined) {
      const { index, how } = unclear;
      const reason = `message ${index}, of the assistant, ${how} by the chat template; what it said cannot be told apart`;
      throw new JambalayaError(
        'tokenizer',
        { file: tokenizer.name, reason },
        { hint: 'End the chat with that message, or give prompt and completion as texts.' },
      );
    }
    return chat.encode(spans);
  });
}

/**
 * Ids of a chat that is to be answered: with a generation prompt unless `options` say otherwise. Encoded as by
 * {@link encodeChat}, but for turns of the assistant that cannot be told apart, which are text like the rest.
 *
 * @throws `tokenizer` if the template refuses the messages
 */
export function chatPromptIds(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: RenderOptions = {},
): readonly number[] {
  return tokenizer.together('encoding a chat', () => {
    const chat = new RenderedChat(tokenizer, messages, {
      ...options,
      addGenerationPrompt: options.addGenerationPrompt ?? true,
    });
    return chat.encode(chat.assistantSpans().spans).ids;
  });
}

/** A chat's text, in which characters stand for special strings that are not the template's. */
class RenderedChat {
  private readonly idOf: ReadonlyMap<string, number>;
  private readonly stands: StandIns;
  private readonly messages: readonly ChatMessage[];
  private readonly options: RenderOptions;
  private readonly text: string;

  constructor(
    private readonly tokenizer: Tokenizer,
    messages: readonly ChatMessage[],
    options: RenderOptions,
  ) {
    const specials = [...tokenizer.specialIds]
      .map((id) => ({ id, text: tokenizer.tokenText(id) }))
      .filter(({ text }) => text !== '')
      .sort((a, b) => b.text.length - a.text.length);
    this.idOf = new Map(specials.map(({ id, text }) => [text, id]));
    this.stands = new StandIns([...this.idOf.keys()], JSON.stringify([messages, options]));
    this.messages = messages.map((message) => this.stands.hideIn(message) as ChatMessage);
    this.options = this.stands.hideIn(options) as RenderOptions;
    this.text = this.render(messages.length, options.addGenerationPrompt === true);
  }

  /** Where the assistant's turns stand, up to the first that cannot be told apart. */
  assistantSpans(): { spans: readonly Span[]; unclear?: { index: number; how: string } } {
    const { text } = this;
    const spans: Span[] = [];
    let from = 0;
    for (const [index, { role }] of this.messages.entries()) {
      if (role !== 'assistant') continue;
      const before = this.render(index, true);
      const isLast = index + 1 === this.messages.length && this.options.addGenerationPrompt !== true;
      const after = isLast ? text : this.render(index + 1, false);
      if (!after.startsWith(before)) {
        return { spans, unclear: { index, how: 'does not begin with its generation prompt' } };
      }
      let start = before.length;
      if (!text.startsWith(after)) {
        // A template may put something elsewhere while the chat goes on (documents before the last question): then the turn
        // is looked for, with what the generation prompt adds before it.
        const without = this.render(index, false);
        const header = before.startsWith(without) ? before.slice(without.length) : before;
        const found = text.indexOf(header + after.slice(before.length), from);
        if (found < 0) return { spans, unclear: { index, how: 'is rendered otherwise once the chat goes on' } };
        start = found + header.length;
      }
      from = start + after.length - before.length;
      spans.push({ start, end: from });
    }
    return { spans };
  }

  encode(said: readonly Span[]): ChatIds {
    const result = { ids: [] as number[], said: [] as boolean[] };
    let at = 0;
    for (const { start, end } of said) {
      this.add(this.text.slice(at, start), false, result);
      this.add(this.text.slice(start, end), true, result);
      at = end;
    }
    this.add(this.text.slice(at), false, result);
    return result;
  }

  private add(text: string, isSaid: boolean, { ids, said }: { ids: number[]; said: boolean[] }): void {
    for (const part of this.stands.splitAtSpecials(text)) {
      const special = this.idOf.get(part);
      const partIds =
        special === undefined ? this.tokenizer.encode(this.stands.show(part), { parseSpecial: false }) : [special];
      for (const id of partIds) {
        ids.push(id);
        said.push(isSaid);
      }
    }
  }

  private render(count: number, addGenerationPrompt: boolean): string {
    return this.tokenizer.renderChat(this.messages.slice(0, count), { ...this.options, addGenerationPrompt });
  }
}

/** Characters for private use, which Unicode gives no meaning. */
const firstPrivate = 0xe000;
const lastPrivate = 0xf8ff;

/** Characters that stand for special tokens' strings in data while a template renders it. */
class StandIns {
  readonly #standIn = new Map<string, string>();
  readonly #special = new Map<string, string>();
  readonly #anySpecial: RegExp | undefined;
  readonly #anyStandIn: RegExp | undefined;

  /** @param data what the characters must not stand in, as JSON */
  constructor(specials: readonly string[], data: string) {
    let code = firstPrivate;
    for (const special of specials) {
      while (code <= lastPrivate && data.includes(String.fromCharCode(code))) code++;
      if (code > lastPrivate) {
        const found = specials.length;
        throw new JambalayaError('limit', {
          what: 'special tokens in a chat',
          limit: lastPrivate - firstPrivate,
          found,
        });
      }
      const standIn = String.fromCharCode(code++);
      this.#standIn.set(special, standIn);
      this.#special.set(standIn, special);
    }
    if (specials.length === 0) return;
    const escaped = specials.map((special) => special.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.#anySpecial = new RegExp(`(${escaped.join('|')})`, 'g');
    this.#anyStandIn = new RegExp(`[${[...this.#special.keys()].join('')}]`, 'g');
  }

  /** A copy of plain data with a stand-in for every special string, in names of fields too. */
  hideIn(value: unknown): unknown {
    if (typeof value === 'string') {
      return this.#anySpecial === undefined
        ? value
        : value.replace(this.#anySpecial, (special) => this.#standIn.get(special)!);
    }
    if (Array.isArray(value)) return value.map((item) => this.hideIn(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.hideIn(key), this.hideIn(item)]));
  }

  /** The special strings that stand there once more. */
  show(text: string): string {
    return this.#anyStandIn === undefined ? text : text.replace(this.#anyStandIn, (char) => this.#special.get(char)!);
  }

  /** Special strings and the text between them. */
  splitAtSpecials(text: string): string[] {
    const parts = this.#anySpecial === undefined ? [text] : text.split(this.#anySpecial);
    return parts.filter((part) => part !== '');
  }
}

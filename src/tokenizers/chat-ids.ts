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
 * the second is the turn. Of many turns without tools only the first is found so, and those that have the same around their content are
 * like it: two renderings for each turn would take a time in the square of their number.
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

/** What stands around the content of a plain turn: before the turn, in it before the content, and after the content to its end. */
interface TurnForm {
  readonly header: string;
  readonly before: string;
  readonly after: string;
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
    const spans: Span[] = [];
    const contents = this.plainContents();
    let form: TurnForm | undefined;
    for (const [index, { role }] of this.messages.entries()) {
      if (role !== 'assistant') continue;
      const content = contents.get(index);
      const alike = content && form && this.spanAround(content, form);
      if (alike) {
        spans.push(alike);
        continue;
      }
      const span = this.spanOf(index, spans.at(-1)?.end ?? 0);
      if (!('start' in span)) return { spans, unclear: span };
      spans.push(span);
      if (content !== undefined) form ??= this.formOf(index, span, content);
    }
    return { spans };
  }

  /** Where the turn of a message stands, found by rendering up to it and with it; or why that cannot be told. */
  private spanOf(index: number, from: number): Span | { index: number; how: string } {
    const { text } = this;
    const before = this.render(index, true);
    const isLast = index + 1 === this.messages.length && this.options.addGenerationPrompt !== true;
    const after = isLast ? text : this.render(index + 1, false);
    if (!after.startsWith(before)) return { index, how: 'does not begin with its generation prompt' };
    if (text.startsWith(after)) return { start: before.length, end: after.length };
    // A template may put something elsewhere while the chat goes on (documents before the last question): then the turn
    // is looked for, with what the generation prompt adds before it.
    const header = this.headerOf(index, before);
    const found = text.indexOf(header + after.slice(before.length), from);
    if (found < 0) return { index, how: 'is rendered otherwise once the chat goes on' };
    const start = found + header.length;
    return { start, end: start + after.length - before.length };
  }

  /** What the generation prompt adds to the messages before a turn. */
  private headerOf(index: number, before = this.render(index, true)): string {
    const without = this.render(index, false);
    return before.startsWith(without) ? before.slice(without.length) : before;
  }

  /**
   * Where the contents of the assistant's plain turns stand (no fields beside role and content), by a rendering in which marks stand around
   * them; none if there are too few for it to be worth it, or if the template does more with them than to copy them.
   */
  private plainContents(): ReadonlyMap<number, Span> {
    const plain = [...this.messages.entries()].flatMap(([index, { role, content, ...more }]) =>
      role === 'assistant' && typeof content === 'string' && Object.keys(more).length === 0 ? [{ index, content }] : [],
    );
    const contents = new Map<number, Span>();
    if (plain.length < 3) return contents;
    const [open, close] = this.stands.marks;
    const marked = [...this.messages];
    for (const { index, content } of plain) marked[index] = { ...marked[index]!, content: open + content + close };
    const parts = this.render(marked.length, this.options.addGenerationPrompt === true, marked).split(open);
    if (parts.length !== plain.length + 1) return contents;
    let at = parts[0]!.length;
    let copied = parts[0]!;
    for (const [i, { index, content }] of plain.entries()) {
      const [said, rest, ...others] = parts[i + 1]!.split(close);
      if (said !== content || rest === undefined || others.length > 0) return new Map();
      contents.set(index, { start: at, end: at + said.length });
      copied += said + rest;
      at += said.length + rest.length;
    }
    return copied === this.text ? contents : new Map();
  }

  private formOf(index: number, { start, end }: Span, content: Span): TurnForm | undefined {
    if (start > content.start || end < content.end) return undefined;
    const { text } = this;
    const header = this.headerOf(index);
    return { header, before: text.slice(start, content.start), after: text.slice(content.end, end) };
  }

  /** The turn around a content, if the same stands around it as around the one that the form is of. */
  private spanAround(content: Span, { header, before, after }: TurnForm): Span | undefined {
    const start = content.start - before.length;
    const alike =
      this.text.startsWith(header + before, start - header.length) && this.text.startsWith(after, content.end);
    return alike && start >= header.length ? { start, end: content.end + after.length } : undefined;
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

  private render(count: number, addGenerationPrompt: boolean, messages = this.messages): string {
    return this.tokenizer.renderChat(messages.slice(0, count), { ...this.options, addGenerationPrompt });
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
  /** Two more characters that stand nowhere. */
  readonly marks: readonly [string, string];

  /** @param data what the characters must not stand in, as JSON */
  constructor(specials: readonly string[], data: string) {
    let code = firstPrivate;
    const unused = () => {
      while (code <= lastPrivate && data.includes(String.fromCharCode(code))) code++;
      if (code > lastPrivate) {
        const found = specials.length;
        throw new JambalayaError('limit', {
          what: 'special tokens in a chat',
          limit: lastPrivate - firstPrivate,
          found,
        });
      }
      return String.fromCharCode(code++);
    };
    this.marks = [unused(), unused()];
    for (const special of specials) {
      const standIn = unused();
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

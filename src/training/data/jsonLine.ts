/** The fields of one line of JSON. */
import { JambalayaError } from '../../errors/index.js';
import type { ChatMessage } from '../../tokenizers/index.js';
import type { Chat, DocumentContent } from './content.js';
import type { JsonFields } from './source.js';

export class JsonLine {
  readonly #record: Readonly<Record<string, unknown>>;

  /** @throws `format` if the text is no JSON object; as all other functions do if a field is not what it has to be */
  constructor(
    readonly file: string,
    readonly line: number,
    text: string,
  ) {
    const value = this.#parse(text);
    this.#record =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : this.#fail('one JSON object', describe(value));
  }

  /** Undefined if there is nothing to learn from. */
  content(fields: JsonFields): DocumentContent | undefined {
    if ('messages' in fields) return { kind: 'chat', chat: this.#chat(fields.messages) };
    if ('prompt' in fields) {
      const completion = this.#text(fields.completion);
      return { kind: 'completion', prompt: this.#text(fields.prompt), completion };
    }
    const names = typeof fields.text === 'string' ? [fields.text] : fields.text;
    const present = names.filter((name) => this.#get(name) !== undefined && this.#get(name) !== null);
    // A line with none of them is told about the first.
    const texts = (present.length > 0 ? present : names.slice(0, 1)).map((name) => this.#text(name));
    const text = texts.filter((part) => part !== '').join('\n\n');
    return text.trim() === '' ? undefined : { kind: 'text', text, ends: true };
  }

  /** A field's value as text. */
  key(name: string): string {
    const value = this.#get(name);
    if (typeof value === 'string') return value;
    return value === undefined ? this.#missing(name) : JSON.stringify(value);
  }

  #chat(field: string): Chat {
    const messages = this.#get(field) ?? this.#missing(field);
    if (!Array.isArray(messages) || messages.length === 0) {
      return this.#fail(`a list of messages in the field ${JSON.stringify(field)}`, describe(messages));
    }
    for (const [index, message] of messages.entries()) {
      const role = typeof message === 'object' && message !== null ? (message as { role?: unknown }).role : undefined;
      if (typeof role !== 'string') this.#fail(`a role in message ${index}`, describe(role));
    }
    const list = (name: string) => {
      const value = this.#get(name) ?? undefined;
      if (value === undefined) return {};
      if (!Array.isArray(value)) return this.#fail(`a list in the field ${JSON.stringify(name)}`, describe(value));
      return { [name]: value as unknown[] };
    };
    const knobs = this.#get('knobs') ?? undefined;
    return {
      messages: messages as ChatMessage[],
      ...list('tools'),
      ...list('documents'),
      ...(knobs === undefined ? {} : { knobs }),
    };
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      return this.#fail('one JSON object', (cause as Error).message, cause);
    }
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#record, name) ? this.#record[name] : undefined;
  }

  #text(name: string): string {
    const value = this.#get(name) ?? this.#missing(name);
    return typeof value === 'string' ? value : this.#fail(`text in the field ${JSON.stringify(name)}`, describe(value));
  }

  #missing(name: string): never {
    const found = `the fields ${Object.keys(this.#record).slice(0, 20).join(', ')}`;
    return this.#fail(`a field ${JSON.stringify(name)}`, found);
  }

  #fail(expected: string, found: string, cause?: unknown): never {
    const fields = { file: this.file, line: this.line, expected, found };
    throw new JambalayaError('format', fields, cause === undefined ? {} : { cause });
  }
}

const describe = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

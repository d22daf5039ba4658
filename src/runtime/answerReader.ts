/**
 * Ids of an answer to what is shown: text that ends before a stop string, and, in answers to chats, tool calls and citations.
 * Their tags are tokens of their own that text does not show, so that they are read from ids.
 */
import { StopStrings, TextStream, type Tokenizer } from '../tokenizers/index.js';
import type { ToolCall } from './languageModel.js';
import { readCitations, readToolCalls } from './markup.js';

export interface ReadPiece {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly citations: readonly number[];
}

type TagKind = 'toolCalls' | 'citations';

/** Ids that open and close what is no text. */
export interface AnswerTags {
  readonly open: ReadonlyMap<number, { readonly kind: TagKind; readonly close: number }>;
}

const tags: readonly (readonly [kind: TagKind, open: string, close: string])[] = [
  ['toolCalls', '<tool_calls>', '</tool_calls>'],
  ['toolCalls', '<tool_call>', '</tool_call>'],
  ['citations', '<citations>', '</citations>'],
];

/** The tags that are single tokens of a vocabulary. */
export function answerTags(tokenizer: Tokenizer): AnswerTags {
  const idOf = (tag: string) => {
    const ids = tokenizer.encode(tag);
    return ids.length === 1 && tokenizer.tokenText(ids[0]!) === tag ? ids[0] : undefined;
  };
  const open = new Map<number, { kind: TagKind; close: number }>();
  for (const [kind, first, last] of tags) {
    const [id, close] = [idOf(first), idOf(last)];
    if (id !== undefined && close !== undefined) open.set(id, { kind, close });
  }
  return { open };
}

/** Without a tokenizer there is no text, and nothing to stop at. */
export class AnswerReader {
  private readonly stream: TextStream | undefined;
  private readonly stops: StopStrings;
  /** What a tag has opened. */
  private inside: { readonly kind: TagKind; readonly open: number; readonly close: number; ids: number[] } | undefined;
  /** The stop string that ended the answer. */
  stopped: string | undefined;

  constructor(
    private readonly tokenizer: Tokenizer | undefined,
    stop: readonly string[],
    private readonly tags: AnswerTags | undefined,
  ) {
    this.stream = tokenizer && new TextStream(tokenizer, { skipSpecialTokens: true });
    this.stops = new StopStrings(stop);
  }

  push(id: number): ReadPiece {
    const { inside } = this;
    if (inside !== undefined) {
      if (id !== inside.close) {
        inside.ids.push(id);
        return nothing;
      }
      return this.close();
    }
    const tag = this.tags?.open.get(id);
    if (tag === undefined) return { ...nothing, text: this.shown(this.stream?.push([id]) ?? '') };
    this.inside = { ...tag, open: id, ids: [] };
    return { ...nothing, text: this.shown(this.stream?.flush() ?? '') };
  }

  /** What is left when the answer has ended. */
  end(): ReadPiece {
    // A model may end its turn without closing the tag.
    const last = this.inside === undefined ? nothing : this.close(true);
    const rest = this.shown(this.stream?.flush() ?? '');
    return { ...last, text: last.text + rest + this.stops.flush() };
  }

  private close(unclosed = false): ReadPiece {
    const { kind, open, close, ids } = this.inside!;
    this.inside = undefined;
    const content = this.tokenizer!.decode(ids);
    if (kind === 'toolCalls') {
      const toolCalls = readToolCalls(content);
      if (toolCalls !== undefined) return { ...nothing, toolCalls };
    } else {
      const citations = readCitations(content);
      if (citations !== undefined) return { ...nothing, citations };
    }
    // What cannot be understood is shown as it was written.
    const raw = this.tokenizer!.decode([open, ...ids, ...(unclosed ? [] : [close])]);
    return { ...nothing, text: this.shown(raw) };
  }

  private shown(piece: string): string {
    const { text, stopped } = this.stops.push(piece);
    this.stopped ??= stopped;
    return text;
  }
}

const nothing: ReadPiece = { text: '', toolCalls: [], citations: [] };

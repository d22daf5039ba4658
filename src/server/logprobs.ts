/** Log probabilities in the shapes of chats and of completions. */
import type { LikelyToken, ScoredToken } from '../runtime/index.js';

/** JSON has no infinity. */
const least = -9999;
const finite = (logprob: number | undefined) => Math.max(least, logprob ?? least);

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

const chatToken = ({ logprob, bytes = new Uint8Array(0) }: ScoredToken | LikelyToken) => ({
  token: decoder.decode(bytes),
  logprob: finite(logprob),
  bytes: [...bytes],
});

/** An entry of `logprobs.content`. */
export const chatLogprob = (token: ScoredToken) => ({
  ...chatToken(token),
  top_logprobs: (token.top ?? []).map(chatToken),
});

/** A token as a key: what is no whole character is written out, so that two of them stay two. */
function tokenKey(bytes: Uint8Array = new Uint8Array(0)): string {
  try {
    return strict.decode(bytes);
  } catch {
    return `bytes:${Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}`;
  }
}

export interface CompletionLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: (Record<string, number> | null)[];
  readonly text_offset: number[];
}

/** Collects the four lists of a completion; offsets go on from one call to the next. */
export class CompletionScores {
  private offset = 0;

  lists(tokens: readonly ScoredToken[]): CompletionLogprobs {
    const lists: CompletionLogprobs = { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] };
    for (const token of tokens) {
      const text = tokenKey(token.bytes);
      lists.tokens.push(text);
      lists.text_offset.push(this.offset);
      this.offset += text.length;
      if (token.logprob === undefined) {
        lists.token_logprobs.push(null);
        lists.top_logprobs.push(null);
        continue;
      }
      lists.token_logprobs.push(finite(token.logprob));
      const top = (token.top ?? []).map(({ bytes, logprob }) => [tokenKey(bytes), finite(logprob)] as const);
      lists.top_logprobs.push(
        top.length === 0 ? null : { ...Object.fromEntries(top.reverse()), [text]: finite(token.logprob) },
      );
    }
    return lists;
  }
}

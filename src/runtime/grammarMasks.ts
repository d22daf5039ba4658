/** Grammars of requests as masks of one model's tokens, made in its worker. */
import { JambalayaError } from '../errors/index.js';
import type { TokenMask } from '../generation/index.js';
import { compileGrammar, type GrammarMatcher, TokenGrammar, Vocabulary } from '../grammar/index.js';
import type { Grammar } from './languageModel.js';

/** Grammars that a model keeps with the masks that were worked out for them. */
const kept = 32;

export class GrammarMasks {
  private vocabulary: Vocabulary | undefined;
  private readonly grammars = new Map<string, TokenGrammar>();

  constructor(
    /** Bytes of each id; empty for ids that are no text: special tokens, and rows without a token. */
    private readonly tokenBytes: () => readonly Uint8Array[],
    /** May come where the answer may end. */
    private readonly endIds: () => readonly number[],
  ) {}

  /** @throws `grammar` naming what is wrong with it, or what is not supported */
  maskOf(grammar: Grammar): TokenMask {
    const key = JSON.stringify(grammar);
    let compiled = this.grammars.get(key);
    if (compiled === undefined) {
      this.vocabulary ??= new Vocabulary(this.tokenBytes());
      compiled = new TokenGrammar(compileGrammar(grammar), this.vocabulary);
      if (this.grammars.size >= kept) this.grammars.delete(this.grammars.keys().next().value!);
      this.grammars.set(key, compiled);
    }
    return new MatcherMask(compiled.matcher(this.endIds()));
  }
}

class MatcherMask implements TokenMask {
  constructor(private readonly matcher: GrammarMatcher) {}

  allowed(): Uint32Array {
    return this.matcher.allowed();
  }

  accept(id: number): void {
    if (this.matcher.accept(id)) return;
    const expected = 'a token that the grammar allows';
    throw new JambalayaError('usage', { argument: 'token', expected, found: String(id) });
  }

  clone(): TokenMask {
    return new MatcherMask(this.matcher.clone());
  }
}

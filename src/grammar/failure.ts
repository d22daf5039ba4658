/** The error of what cannot become a token mask. */
import { JambalayaError } from '../errors/index.js';

/** What is compiled: told in errors. */
export type GrammarSource = 'JSON schema' | 'regular expression' | 'GBNF grammar';

export function fail(source: GrammarSource, place: string, reason: string, hint?: string): never {
  throw new JambalayaError('grammar', { source, place, reason }, hint === undefined ? {} : { hint });
}

/** What an untrusted grammar may cost; whatever is larger is an error that names the limit. */
export const limits = {
  /** Characters of a pattern or a GBNF text. */
  textLength: 100_000,
  /** Groups within groups, schemas within schemas. */
  nesting: 200,
  /** States of one rule, before and after its subsets are formed. */
  states: 50_000,
  /** Alternatives of one schema once `anyOf`, `oneOf`, `not` and the like are multiplied out. */
  alternatives: 600,
  /** Rules of a grammar. */
  rules: 20_000,
  /** Stacks that a text can be read with at once. */
  stacks: 500,
  /** Calls within calls while a text is read. */
  depth: 2_000,
  /** Milliseconds of one compilation. */
  milliseconds: 5_000,
} as const;

/** Ends a compilation that takes too long; polled in its loops. */
export class Deadline {
  private readonly end: number;

  constructor(
    private readonly source: GrammarSource,
    private readonly milliseconds: number = limits.milliseconds,
  ) {
    this.end = performance.now() + milliseconds;
  }

  check(): void {
    if (performance.now() > this.end)
      fail(this.source, 'the whole', `it takes more than ${this.milliseconds} ms to compile`);
  }
}

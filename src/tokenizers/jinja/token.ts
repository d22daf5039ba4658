/** What the library's parser takes, with a word more. */
export interface Token {
  readonly value: string;
  readonly type: string;
  /** One number for all tokens directly within one pair of brackets: tells `a + b` from `(a + b)` in the parsed tree. */
  readonly group: number;
}

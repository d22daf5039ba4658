/** What one client may ask of the server at most. */
export interface Limits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Until the headers, and until the whole request, are there. */
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly connections: number;
  /** Requests of one model that run together, and that wait. */
  readonly running: number;
  readonly queued: number;
  readonly n: number;
  readonly topLogprobs: number;
  readonly stops: number;
  readonly stopCharacters: number;
  readonly prompts: number;
  /** Levels of a request's JSON. */
  readonly depth: number;
  /** Bytes that wait for a reader who is slow; then its request is cancelled. */
  readonly unreadBytes: number;
  /** A request that takes longer is ended. */
  readonly deadlineMilliseconds: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 4 * 2 ** 20,
  headerBytes: 16 * 2 ** 10,
  headersMilliseconds: 10_000,
  requestMilliseconds: 60_000,
  connections: 512,
  running: 32,
  queued: 128,
  n: 32,
  topLogprobs: 20,
  stops: 16,
  stopCharacters: 256,
  prompts: 128,
  depth: 60,
  unreadBytes: 4 * 2 ** 20,
  deadlineMilliseconds: 3_600_000,
};

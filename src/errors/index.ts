/**
 * Typed errors: a code, the fields that a program may read, and a message derived from both.
 *
 * Every error that a caller can cause or meet is a {@link JambalayaError}. Code branches on `code`
 * and `fields`, people read `message` and `hint`; the words live in one table (`messages`), so that
 * a message can change without breaking a program. Anything else that is thrown is a defect of ours.
 */

/** What each code carries. `expected` and `found` are short human-readable phrases. */
export interface ErrorFields {
  /** A call that cannot mean anything: wrong argument, unknown option. The command line exits with 2. */
  usage: { argument: string; expected: string; found: string };
  /** A file whose bytes are not what its format says. */
  format: { file: string; tensor?: string; line?: number; expected: string; found: string };
  /** A field of a `config.json` (or of another JSON file that configures us). */
  config: { file: string; field: string; expected: string; found: string };
  /** A tensor that the model needs is not in the checkpoint, or has another shape or dtype. */
  checkpoint: { file: string; tensor: string; expected: string; found: string };
  /** An operand whose shape or dtype an op cannot take. */
  shape: { op: string; operand: string; expected: string; found: string };
  /** A device refused a command or has no room. */
  device: { device: string; reason: string };
  /** A device, instruction set or feature that this machine or model does not have. */
  unavailable: { what: string; reason: string };
  /** A prompt, a batch or an answer that is larger than what it has to fit in. */
  limit: { what: string; limit: number; found: number };
  /** A model or a request that needs more memory than there is. */
  memory: { what: string; neededBytes: number; availableBytes: number };
  /** A tokenizer or a chat template that cannot be used, or a text that it cannot take. */
  tokenizer: { file: string; reason: string };
  /** A schema, a regular expression or a grammar that cannot be turned into a token mask, and where in it. */
  grammar: { source: string; place: string; reason: string };
  /** Work on untrusted input that took longer than it is allowed to. */
  timeout: { what: string; milliseconds: number };
  /** A saved state that does not belong to this model, or is of another version. */
  state: { reason: string };
  /** A download that did not arrive whole. */
  download: { file: string; reason: string };
  /** A file that cannot be read or written. */
  file: { file: string; operation: 'read' | 'write' | 'map'; reason: string };
  /** A training run whose numbers are no longer finite, and where that began. */
  diverged: { step: number; batch: string; where: string; found: string };
  /** The caller asked to stop. */
  aborted: { what: string };
}

export type ErrorCode = keyof ErrorFields;

const sizeOf = (bytes: number) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);

const messages: { [C in ErrorCode]: (fields: ErrorFields[C]) => string } = {
  usage: (f) => `${f.argument}: expected ${f.expected}, got ${f.found}`,
  format: (f) =>
    `${f.file}${f.line === undefined ? '' : `:${f.line}`}${f.tensor === undefined ? '' : `: tensor ${f.tensor}`}: expected ${f.expected}, found ${f.found}`,
  config: (f) => `${f.file}: ${f.field}: expected ${f.expected}, found ${f.found}`,
  checkpoint: (f) => `${f.file}: tensor ${f.tensor}: expected ${f.expected}, found ${f.found}`,
  shape: (f) => `${f.op}: ${f.operand}: expected ${f.expected}, found ${f.found}`,
  device: (f) => `device ${f.device}: ${f.reason}`,
  unavailable: (f) => `${f.what} is not available: ${f.reason}`,
  limit: (f) => `${f.what}: at most ${f.limit}, found ${f.found}`,
  memory: (f) => `${f.what} needs ${sizeOf(f.neededBytes)}, and there are ${sizeOf(f.availableBytes)}`,
  tokenizer: (f) => `${f.file}: ${f.reason}`,
  grammar: (f) => `${f.source}: ${f.place}: ${f.reason}`,
  timeout: (f) => `${f.what} did not finish within ${f.milliseconds} ms`,
  state: (f) => `state: ${f.reason}`,
  download: (f) => `${f.file}: ${f.reason}`,
  file: (f) => `${f.file}: cannot ${f.operation}: ${f.reason}`,
  diverged: (f) => `step ${f.step}: ${f.found} in batch ${f.batch}, first in ${f.where}`,
  aborted: (f) => `${f.what} was stopped`,
};

export class JambalayaError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'JambalayaError';
  readonly code: C;
  readonly fields: ErrorFields[C];
  /** The next step for the person who reads the message. */
  readonly hint: string | undefined;

  constructor(code: C, fields: ErrorFields[C], options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(messages[code](fields), options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.fields = fields;
    this.hint = options.hint;
  }
}

/** Whether `error` is ours, and of this code if one is given. Works across module copies and workers. */
export function isJambalayaError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is JambalayaError<C> {
  if (!(error instanceof Error) || error.name !== 'JambalayaError') return false;
  return code === undefined || (error as JambalayaError).code === code;
}

/** An error as plain data, so that it survives `postMessage` and JSON. */
export interface ErrorData {
  code: ErrorCode | 'internal';
  message: string;
  hint?: string;
  fields?: ErrorFields[ErrorCode];
  stack?: string;
}

export function errorToData(error: unknown): ErrorData {
  if (isJambalayaError(error)) {
    return {
      code: error.code,
      message: error.message,
      fields: error.fields,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  const internal = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'internal',
    message: internal.message,
    ...(internal.stack === undefined ? {} : { stack: internal.stack }),
  };
}

export function errorFromData(data: ErrorData): Error {
  const typed = data.code !== 'internal' && data.fields !== undefined;
  const error = typed
    ? new JambalayaError(data.code as ErrorCode, data.fields!, { hint: data.hint })
    : new Error(data.message);
  // Where it was thrown says more than where it arrived.
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}

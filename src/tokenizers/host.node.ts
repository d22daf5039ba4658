/**
 * What the tokenizers ask of Node: an end to synchronous work that never ends by itself.
 */
import { type Context, createContext, Script } from 'node:vm';
import { JambalayaError } from '../errors/index.js';

const script = new Script('work()');
let context: Context | undefined;

/**
 * Runs `work` and returns what it returns, but stops it after `milliseconds`.
 *
 * `node:vm` is here for its watchdog alone: it interrupts JavaScript and the regular expression engine alike, wherever
 * the stopped code was defined. Entering it costs about 0.1 ms, so it belongs around whole texts, not around tokens.
 * Stopped work is cut off between two instructions (its `finally` blocks do not run): discard what it was changing.
 * Calls may nest.
 *
 * @throws JambalayaError `timeout`, naming `what`; and whatever `work` throws.
 */
export function withDeadline<T>(milliseconds: number, what: string, work: () => T): T {
  if (!(milliseconds > 0 && milliseconds < 2 ** 31)) {
    throw new JambalayaError('usage', {
      argument: 'deadlineMilliseconds',
      expected: 'a positive number below 2^31',
      found: String(milliseconds),
    });
  }
  context ??= createContext({ work: undefined });
  const outer: unknown = context.work;
  let outcome: { value: T } | { error: unknown } | undefined;
  context.work = () => {
    try {
      outcome = { value: work() };
    } catch (error) {
      outcome = { error };
    }
  };
  try {
    script.runInContext(context, { timeout: Math.ceil(milliseconds) });
  } catch (error) {
    // The error may come from the other context, where `Error` is another class.
    if ((error as { code?: unknown } | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    // Work that finished in the instant before the alarm counts as finished.
    if (outcome === undefined) throw new JambalayaError('timeout', { what, milliseconds }, { cause: error });
  } finally {
    context.work = outer;
  }
  if (outcome === undefined) throw new JambalayaError('timeout', { what, milliseconds });
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

export { counterThreads, startCounter, yieldToEvents } from './training/counting.host.node.js';

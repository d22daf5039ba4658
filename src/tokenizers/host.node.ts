/**
 * What the tokenizers ask of Node: an end to synchronous work that never ends by itself.
 */
import { type Context, createContext, Script } from 'node:vm';
import { JambalayaError } from '../errors/index.js';

const script = new Script('work()');
let context: Context | undefined;

/** The share of its time that work must have been running to be late by its own doing. */
const ownShare = 0.25;
/** However little of it ran: work that is begun again for ever never ends. */
const mostAttempts = 6;

/**
 * Runs `work` and returns what it returns, but stops it after `milliseconds`.
 *
 * `node:vm` is here for its watchdog alone: it interrupts JavaScript and the regular expression engine alike, wherever
 * the stopped code was defined. Entering it costs about 0.1 ms, so it belongs around whole texts, not around tokens.
 * Stopped work is cut off between two instructions (its `finally` blocks do not run): discard what it was changing.
 * Work that was late because its process stood still (stopped by a signal, or on a machine with other things to do) is run
 * again from its beginning, a few times. Calls may nest.
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
  // Over all attempts: a process that only ever gets a tenth of a core would not be late by its own doing in any of them.
  const before = process.cpuUsage();
  for (let attempts = 1; ; attempts++) {
    const outcome = attempt(Math.ceil(milliseconds), work);
    if ('value' in outcome) return outcome.value;
    if (!('late' in outcome)) throw outcome.error;
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 >= ownShare * milliseconds || attempts === mostAttempts) {
      throw new JambalayaError('timeout', { what, milliseconds }, { cause: outcome.late });
    }
  }
}

type Outcome<T> = { value: T } | { error: unknown } | { late: unknown };

function attempt<T>(milliseconds: number, work: () => T): Outcome<T> {
  context ??= createContext({ work: undefined });
  const outer: unknown = context.work;
  // Work that finished in the instant before the alarm counts as finished.
  let outcome: Outcome<T> = { late: undefined };
  context.work = () => {
    try {
      outcome = { value: work() };
    } catch (error) {
      outcome = { error };
    }
  };
  try {
    script.runInContext(context, { timeout: milliseconds });
  } catch (error) {
    // The error may come from the other context, where `Error` is another class.
    if ((error as { code?: unknown } | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    if ('late' in outcome) return { late: error };
  } finally {
    context.work = outer;
  }
  return outcome;
}

export { counterThreads, startCounter, yieldToEvents } from './training/counting.host.node.js';

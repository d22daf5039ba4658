/** Everything that reaches a terminal: results on stdout, progress and errors on stderr. */
import { type ErrorData, errorToData, isJambalayaError } from '../errors/index.js';

/** The progress that is on the terminal's last line, to be taken away before anything else is written. */
let drawn: ProgressLine | undefined;
/** Whether stdout stands within a line that a person sees on the same terminal as stderr. */
let withinLine = false;

export const Output = {
  text(text: string): void {
    drawn?.end();
    process.stdout.write(text);
    if (text !== '') withinLine = process.stdout.isTTY === true && !text.endsWith('\n');
  },
  line(text = ''): void {
    drawn?.end();
    process.stdout.write(`${text}\n`);
    withinLine = false;
  },
  json(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  },
  note(text: string): void {
    drawn?.end();
    process.stderr.write(`${withinLine ? '\n' : ''}${text}\n`);
    withinLine = false;
  },
  /** Something that a person should know, for a program that reads stdout. */
  noteJson(note: string): void {
    process.stderr.write(`${JSON.stringify({ note })}\n`);
  },
  errorJson({ code, message, hint }: Pick<ErrorData, 'code' | 'message' | 'hint'>): void {
    process.stderr.write(`${JSON.stringify({ code, message, hint: hint ?? null })}\n`);
  },
  /** Whoever reads our output may have enough of it (`| head`): then there is nothing left to do, and nobody to tell. */
  endQuietlyWithoutReader(): void {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  },
};

/** Tells an error and gives the exit code. A stack trace only with JAMBALAYA_DEBUG. */
export function reportError(error: unknown, json: boolean): number {
  const data = errorToData(error);
  if (json) Output.errorJson(data);
  else {
    Output.note(`error: ${data.message}`);
    if (data.hint !== undefined) Output.note(`hint: ${data.hint}`);
  }
  if (process.env.JAMBALAYA_DEBUG && data.stack !== undefined) Output.note(data.stack);
  return isJambalayaError(error, 'usage') ? 2 : 1;
}

/** A progress line on a terminal, rewritten in place; a plain line now and then elsewhere; nothing with `quiet`. */
export class ProgressLine {
  private last = 0;
  private readonly live = process.stderr.isTTY === true && process.env.CI === undefined;
  private readonly started = performance.now();

  constructor(private readonly quiet: boolean) {}

  /** @param detail shown between what is done and how long the rest will take */
  update(what: string, done: number, total: number, detail = ''): void {
    if (this.quiet) return;
    const now = performance.now();
    const everyMilliseconds = this.live ? 100 : 5000;
    if (now - this.last < everyMilliseconds && done < total) return;
    this.last = now;
    const seconds = (now - this.started) / 1000;
    const left = done > 0 && done < total ? `, ${formatSeconds((seconds * (total - done)) / done)} left` : '';
    const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
    const text = `${what}: ${percent} %${detail === '' ? '' : `, ${detail}`}${left}`;
    if (!this.live) {
      process.stderr.write(`${text}\n`);
      return;
    }
    // A line that wraps cannot be taken back.
    process.stderr.write(`\r\x1b[2K${cutTo(text, (process.stderr.columns || 80) - 1)}`);
    drawn = this;
  }

  /** Takes the line away. */
  end(): void {
    if (drawn !== this) return;
    drawn = undefined;
    process.stderr.write('\r\x1b[2K');
  }
}

/** The beginning of a text that fits so many columns. */
export const cutTo = (text: string, columns: number): string =>
  text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;

export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? seconds.toFixed(1) : whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

export const formatCount = (count: number): string => count.toLocaleString('en-US');

/** Columns as wide as their widest cell; numbers (`right`) end together. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

/** A signal that Ctrl-C aborts; the second Ctrl-C ends the process. */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

/** What the options of cost commands are made of, and numbers as people read them. */
import { type Command, InvalidArgumentError } from 'commander';
import { findHardware, type Hardware, hardwareTable, parseHardwareTable, type Range } from '../cost/index.js';
import { readJsonFile } from './costConfig.js';
import { formatCount } from './output.js';

/** A number as people write it: 4096, 300e9. What it may be is checked where it is used. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number');
  return value;
}

/** LOW,HIGH, or one number for both. */
export function range(text: string): Range {
  const [low, high, ...more] = text.split(',').map(number);
  if (more.length > 0) throw new InvalidArgumentError('expected LOW,HIGH');
  return { low: low!, high: high ?? low! };
}

export const numbers = (text: string): number[] => text.split(',').map(number);

/** Bytes as in 24GB, 24GiB, or a plain number of gigabytes. */
export function gigabytes(text: string): number {
  const match = /^([\d.e+]+) ?(GB|GiB|MB|MiB|TB|TiB)?$/i.exec(text.trim());
  const unit = (match?.[2] ?? 'GB').toLowerCase();
  const scales: Readonly<Record<string, number>> = {
    mb: 1e6,
    gb: 1e9,
    tb: 1e12,
    mib: 2 ** 20,
    gib: 2 ** 30,
    tib: 2 ** 40,
  };
  const value = Number(match?.[1]) * scales[unit]!;
  if (!Number.isFinite(value)) throw new InvalidArgumentError('expected a size, as in 24GB');
  return value;
}

export interface HardwareFlags {
  readonly hardware?: string;
  readonly hardwareFile?: string;
}

export const hardwareOptions = (command: Command): Command =>
  command
    .option('--hardware <id>', `one of ${hardwareTable.map(({ id }) => id).join(', ')}, or of your own table`)
    .option('--hardware-file <file>', 'a JSON table of hardware and prices, over the built-in one');

/** The table, with the rows of `--hardware-file` over it. */
export function hardwareOf({ hardwareFile }: HardwareFlags): readonly Hardware[] {
  if (hardwareFile === undefined) return hardwareTable;
  const { name, json } = readJsonFile(hardwareFile);
  return parseHardwareTable(json, name);
}

export const namedHardware = (id: string, flags: HardwareFlags): Hardware => findHardware(id, hardwareOf(flags));

export const layoutOptions = (command: Command): Command =>
  command
    .option('--tensor-parallel <n>', 'devices that share every matrix', number)
    .option('--pipeline-parallel <n>', 'stages of consecutive layers', number)
    .option('--expert-parallel <n>', 'ways in which whole experts are spread', number);

export interface LayoutFlags {
  readonly tensorParallel?: number;
  readonly pipelineParallel?: number;
  readonly expertParallel?: number;
}

export const layoutOf = ({ tensorParallel, pipelineParallel, expertParallel }: LayoutFlags) =>
  given({ tensor: tensorParallel, pipeline: pipelineParallel, expert: expertParallel });

/** The entries that are there: an option that was not given is not an option that is `undefined`. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** 2.14 billion, 4,096, 0.017: three digits that count above a million and below a thousand. */
export function formatNumber(value: number): string {
  const words = [
    [1e12, ' trillion'],
    [1e9, ' billion'],
    [1e6, ' million'],
  ] as const;
  const size = Math.abs(value);
  if (size >= 1e15) return value.toExponential(2);
  for (const [least, word] of words) if (size >= least) return `${(value / least).toPrecision(3)}${word}`;
  return size >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

export const formatFlops = (value: number): string => value.toExponential(2);

export function formatDollars(value: number): string {
  if (value >= 1e6) return `$${(value / 1e6).toPrecision(3)}M`;
  if (value >= 1e4) return `$${(value / 1e3).toPrecision(3)}K`;
  return value >= 100 ? `$${Math.round(value).toLocaleString('en-US')}` : `$${Number(value.toPrecision(2))}`;
}

export const formatRange = ({ low, high }: Range, format: (value: number) => string): string =>
  format(low) === format(high) ? format(low) : `${format(low)} to ${format(high)}`;

export function formatDuration(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [365.25 * 86_400, 'years'],
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ];
  const [size, name] = units.find(([each]) => seconds >= 2 * each) ?? [1, 'seconds'];
  return `${formatNumber(Number((seconds / size).toPrecision(3)))} ${name}`;
}

/** A maximum that may be none. */
export const formatMaximum = (value: number | null): string => (value === null ? 'no bound' : formatCount(value));

/** Accelerators and processors with their peaks, memory, bandwidth, power and price, and the reading of a user's own table. */
import { JambalayaError } from '../errors/index.js';
import { hardwareData } from './hardwareData.js';
import type { Hardware, PeakDType, Range } from './hardwareRow.js';

export type { Hardware, PeakDType, Range } from './hardwareRow.js';

export const hardwareTable: readonly Hardware[] = hardwareData.hardware;

/** When the built-in figures and prices were last looked at: YYYY-MM-DD. */
export const hardwareTableDate: string = hardwareData.date;

/**
 * The row of this id. The memory may be left out of it, which means the smallest (`a100` is `a100-40gb`), or added where there is
 * only one (`h100-80gb` is `h100`).
 * @param table the built-in one, or what {@link parseHardwareTable} gave.
 * @throws JambalayaError `usage` that names the nearest known id.
 */
export function findHardware(id: string, table: readonly Hardware[] = hardwareTable): Hardware {
  const wanted = id.trim().toLowerCase();
  const found = table.find((hardware) => hardware.id === wanted) ?? byMemory(wanted, table);
  if (found !== undefined) return found;
  throw new JambalayaError(
    'usage',
    { argument: 'hardware', expected: `one of ${table.map((row) => row.id).join(', ')}`, found: JSON.stringify(id) },
    { hint: `did you mean ${nearestId(wanted, table)}?` },
  );
}

function byMemory(wanted: string, table: readonly Hardware[]): Hardware | undefined {
  const [, base, size] = /^(.+)-(\d+)gb$/.exec(wanted) ?? [];
  if (base !== undefined) return table.find(({ id, memoryBytes }) => id === base && memoryBytes === Number(size) * 1e9);
  const sizes = table.filter(({ id }) => id.startsWith(`${wanted}-`) && /^\d+gb$/.test(id.slice(wanted.length + 1)));
  return sizes.sort((a, b) => a.memoryBytes - b.memoryBytes)[0];
}

/** The known id that shares the most pairs of neighbouring characters with the wanted one (Dice's coefficient). */
function nearestId(wanted: string, table: readonly Hardware[]): string {
  const pairs = (text: string) => {
    const plain = `^${text.replace(/[^a-z0-9]/g, '')}`;
    return Array.from({ length: plain.length - 1 }, (_, i) => plain.slice(i, i + 2));
  };
  const of = pairs(wanted);
  let nearest = table[0]!.id;
  let best = -1;
  for (const { id } of table) {
    const other = pairs(id);
    const score = (2 * of.filter((pair) => other.includes(pair)).length) / (of.length + other.length);
    if (score > best) [nearest, best] = [id, score];
  }
  return nearest;
}

/** Formats that may stand in for one without fast units of its own, the best first: wider ones that hold every value. */
const standIns: Readonly<Record<PeakDType, readonly PeakDType[]>> = {
  f32: ['f32'],
  tf32: ['tf32', 'f32'],
  bf16: ['bf16', 'f16', 'f32'],
  f16: ['f16', 'bf16', 'f32'],
  int8: ['int8', 'bf16', 'f16', 'f32'],
  fp8: ['fp8', 'bf16', 'f16', 'f32'],
};

/** The peak at which this device multiplies matrices of a dtype, and the dtype that its units then compute in. */
export function peakFor(hardware: Hardware, dtype: PeakDType): { flopsPerSecond: number; computedIn: PeakDType } {
  for (const computedIn of [...standIns[dtype], ...peakDTypes]) {
    const flopsPerSecond = hardware.peakFlopsPerSecond[computedIn];
    if (flopsPerSecond !== undefined) return { flopsPerSecond, computedIn };
  }
  throw new JambalayaError('config', {
    file: hardware.id,
    field: 'peakFlopsPerSecond',
    expected: 'at least one dtype',
    found: 'none',
  });
}

const peakDTypes: readonly PeakDType[] = ['f32', 'tf32', 'bf16', 'f16', 'int8', 'fp8'];
const kinds: readonly Hardware['kind'][] = ['gpu', 'tpu', 'cpu'];

/**
 * A user's table: `{ "date": "YYYY-MM-DD", "hardware": [ … ] }`. A row with the id of a built-in one replaces the fields
 * that it gives; any other row must give all of them. Gives the whole table, the user's rows first.
 * @param file how errors name it.
 * @throws JambalayaError `config` on anything that is missing, of another kind, not finite or not positive, or unknown.
 */
export function parseHardwareTable(json: unknown, file = 'hardware table'): readonly Hardware[] {
  const top = new Fields(json, file, '');
  top.only(['date', 'hardware']);
  const date = top.value('date');
  if (date !== undefined && !(typeof date === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(date))) {
    throw top.wrong('date', 'a date YYYY-MM-DD');
  }
  const list = top.value('hardware');
  if (!Array.isArray(list) || list.length === 0) throw top.wrong('hardware', 'a list of one or more rows');
  const rows = list.map((row: unknown, index) => parseRow(new Fields(row, file, `hardware[${index}].`)));
  const ids = new Set<string>();
  rows.forEach(({ id }, index) => {
    if (ids.has(id)) throw top.wrong(`hardware[${index}].id`, 'an id that no other row has', JSON.stringify(id));
    ids.add(id);
  });
  return [...rows, ...hardwareTable.filter(({ id }) => !ids.has(id))];
}

const rowFields = [
  'id',
  'name',
  'kind',
  'year',
  'memoryBytes',
  'memoryBytesPerSecond',
  'peakFlopsPerSecond',
  'computeCapability',
  'interconnectBytesPerSecond',
  'powerWatts',
  'dollarsPerHour',
  'source',
  'assumptions',
] as const satisfies readonly (keyof Hardware)[];

function parseRow(given: Fields): Hardware {
  given.only(rowFields);
  const id = given.text('id');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) throw given.wrong('id', 'lower-case letters, digits and hyphens');
  const known = hardwareTable.find((row) => row.id === id);
  const row = known === undefined ? given : given.over(known);
  const kind = row.text('kind');
  if (!kinds.some((name) => name === kind)) throw row.wrong('kind', kinds.join(' | '));
  const peaks = new Fields(row.value('peakFlopsPerSecond'), row.file, `${row.path}peakFlopsPerSecond.`);
  peaks.only(peakDTypes);
  const dtypes = peakDTypes.filter((dtype) => peaks.value(dtype) !== undefined);
  if (dtypes.length === 0) throw row.wrong('peakFlopsPerSecond', `at least one of ${peakDTypes.join(', ')}`);
  const assumptions: unknown = row.value('assumptions') ?? [];
  if (!isTexts(assumptions)) throw row.wrong('assumptions', 'a list of texts');
  // The source of a built-in row says nothing about the fields that the user replaced.
  const replaced =
    known === undefined || given.value('source') !== undefined ? [] : given.names().filter((n) => n !== 'id');
  const remarks = [...assumptions, ...replaced.map((name) => `${name}: from ${given.file}`)];
  return {
    id,
    name: row.text('name'),
    kind: kind as Hardware['kind'],
    year: row.positive('year'),
    memoryBytes: row.positive('memoryBytes'),
    memoryBytesPerSecond: row.positive('memoryBytesPerSecond'),
    peakFlopsPerSecond: Object.fromEntries(dtypes.map((dtype) => [dtype, peaks.positive(dtype)])),
    ...(row.value('computeCapability') === undefined ? {} : { computeCapability: row.positive('computeCapability') }),
    interconnectBytesPerSecond: row.positive('interconnectBytesPerSecond'),
    powerWatts: row.positive('powerWatts'),
    dollarsPerHour: parsePrice(new Fields(row.value('dollarsPerHour'), row.file, `${row.path}dollarsPerHour.`)),
    source: row.text('source'),
    ...(remarks.length === 0 ? {} : { assumptions: remarks }),
  };
}

function parsePrice(price: Fields): Range {
  price.only(['low', 'high']);
  const [low, high] = [price.notNegative('low'), price.notNegative('high')];
  if (high < low) throw price.wrong('high', `at least low (${low})`);
  return { low, high };
}

/** The fields of one JSON object, checked as they are asked for. */
class Fields {
  private readonly object: Readonly<Record<string, unknown>>;

  constructor(
    json: unknown,
    readonly file: string,
    readonly path: string,
  ) {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      const field = path === '' ? 'the whole' : path.slice(0, -1);
      throw new JambalayaError('config', { file, field, expected: 'an object', found: shown(json) });
    }
    this.object = { ...json };
  }

  names(): string[] {
    return Object.keys(this.object);
  }

  value(name: string): unknown {
    return this.object[name];
  }

  /** These fields over those of another object. */
  over(base: object): Fields {
    return new Fields({ ...base, ...this.object }, this.file, this.path);
  }

  wrong(name: string, expected: string, found = shown(this.object[name])): JambalayaError<'config'> {
    return new JambalayaError('config', { file: this.file, field: `${this.path}${name}`, expected, found });
  }

  only(names: readonly string[]): void {
    for (const name of Object.keys(this.object)) {
      if (!names.includes(name)) throw this.wrong(name, `one of ${names.join(', ')}`, 'an unknown field');
    }
  }

  text(name: string): string {
    const value = this.object[name];
    if (typeof value !== 'string' || value.trim() === '') throw this.wrong(name, 'a text');
    return value;
  }

  positive(name: string): number {
    const value = this.object[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw this.wrong(name, 'a number over 0');
    return value;
  }

  notNegative(name: string): number {
    const value = this.object[name];
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw this.wrong(name, 'a number from 0');
    return value;
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80));

/** The benchmark of a model: decode, prefill and batches beside what the machine can do at most. */
import type { InstructionSet } from '../../contract/index.js';
import { Profile, type ProfileRow } from '../../devices/index.js';
import { JambalayaError } from '../../errors/index.js';
import { type BenchOptions, BenchSession, type DecodeMeasurement, median } from './session.js';

export interface BenchmarkOptions extends BenchOptions {
  /** Lengths of the prompts to read; 512 and 4,096 unless told. */
  readonly prompts?: readonly number[] | undefined;
  /** Tokens that each sequence of a decode measurement makes; 64 unless told. */
  readonly generate?: number | undefined;
  /** Numbers of sequences to decode together; 1, 4 and 16 unless told. One alone is always measured. */
  readonly batches?: readonly number[] | undefined;
  /** How often a prompt is read; the median counts. 3 unless told. */
  readonly repeats?: number | undefined;
  /** Whether to say where the time goes; a run of its own, after the others. */
  readonly profile?: boolean | undefined;
  readonly onProgress?: ((what: string, done: number, total: number) => void) | undefined;
}

/** Rates over the median step, or the median prompt. Shares are of the ceilings in `machine`. */
export interface BenchmarkResult {
  readonly decode: {
    readonly tokensPerSecond: number;
    /** Bytes that a step has to read (`DecodeMeasurement.bytesPerStep`), a second. */
    readonly gigabytesPerSecond: number;
    readonly shareOfReadBandwidth: number;
  };
  /** By length of the prompt. */
  readonly prefill: Readonly<
    Record<
      string,
      {
        readonly tokensPerSecond: number;
        /** Operations of products with weights, over the whole time. */
        readonly gigaOpsPerSecond: number;
        /** Of the peak of what the products multiply: int8, bf16 or f32 activations. */
        readonly shareOfPeak: number;
      }
    >
  >;
  /** By number of sequences. */
  readonly batch: Readonly<Record<string, { readonly tokensPerSecond: number; readonly shareOfReadBandwidth: number }>>;
  readonly memory: { readonly peakBytes: number; readonly plannedBytes: number };
  readonly machine: {
    readonly readGigabytesPerSecond: number;
    readonly int8GigaOpsPerSecond: number;
    readonly bf16GigaFlopsPerSecond: number;
    readonly f32GigaFlopsPerSecond: number;
    readonly threads: number;
    readonly isa: InstructionSet;
  };
}

/** Where the time goes: a read prompt's, and that of the steps with each number of sequences. */
export interface BenchmarkProfile {
  readonly table: readonly ProfileRow[];
  /** JSON in Chrome's format, for Perfetto. */
  readonly trace: string;
}

/**
 * Measures a model, in this thread. The ceilings come last, so that their memory is not counted with the model's.
 *
 * @throws `usage` for options outside their ranges; and as `BenchSession.open`
 */
export async function benchmark(
  model: string,
  { prompts = [512, 4096], generate = 64, batches = [1, 4, 16], repeats = 3, onProgress, ...options }: BenchmarkOptions,
): Promise<{ result: BenchmarkResult; profile?: BenchmarkProfile }> {
  wholeFromOne('prompts', prompts);
  wholeFromOne('generate', [generate]);
  wholeFromOne('batches', batches);
  wholeFromOne('repeats', [repeats]);
  const sizes = [1, ...batches.filter((size) => size !== 1)];
  const total = 2 + sizes.length + prompts.length * repeats;
  let done = 0;
  const progress = (what: string) => onProgress?.(what, done++, total);
  progress('loading');
  const session = await BenchSession.open(model, options);
  try {
    const { device } = session;
    const productClass = await session.productClass();
    const decodes = new Map<number, DecodeMeasurement>();
    for (const size of sizes) {
      progress(`decode of ${size}`);
      decodes.set(size, await session.decode(size, generate));
    }
    const prefills = new Map<number, { seconds: number; operations: number }>();
    for (const length of prompts) {
      const runs = [];
      for (let i = 0; i < repeats; i++) {
        progress(`prompt of ${length}`);
        runs.push(await session.prefill(length));
      }
      prefills.set(length, { ...runs[0]!, seconds: median(runs.map(({ seconds }) => seconds)) });
    }
    const { peakBytes } = session;
    const profile = options.profile ? await profiled(session, prompts[0]!, sizes, generate) : undefined;
    progress('ceilings');
    const ceilings = session.ceilings();
    const peaks = {
      int8: ceilings.int8GigaOpsPerSecond,
      bf16: ceilings.bf16GigaFlopsPerSecond,
      f32: ceilings.f32GigaFlopsPerSecond,
    };
    const readRate = ({ bytesPerStep, secondsPerStep }: DecodeMeasurement) => bytesPerStep / secondsPerStep / 1e9;
    const shareRead = (one: DecodeMeasurement) => readRate(one) / ceilings.readGigabytesPerSecond;
    const alone = decodes.get(1)!;
    const runs = [
      ...sizes.map((batch) => ({ batch, context: BenchSession.decodeContext(generate) })),
      ...prompts.map((length) => ({ batch: 1, context: length + 1 })),
    ];
    const result = {
      decode: {
        tokensPerSecond: 1 / alone.secondsPerStep,
        gigabytesPerSecond: readRate(alone),
        shareOfReadBandwidth: shareRead(alone),
      },
      prefill: Object.fromEntries(
        [...prefills].map(([length, { seconds, operations }]) => {
          const gigaOpsPerSecond = operations / seconds / 1e9;
          const shareOfPeak = gigaOpsPerSecond / peaks[productClass];
          return [length, { tokensPerSecond: length / seconds, gigaOpsPerSecond, shareOfPeak }];
        }),
      ),
      batch: Object.fromEntries(
        batches.map((size) => {
          const one = decodes.get(size)!;
          return [size, { tokensPerSecond: size / one.secondsPerStep, shareOfReadBandwidth: shareRead(one) }];
        }),
      ),
      memory: { peakBytes, plannedBytes: await session.plannedBytes(runs) },
      machine: { ...ceilings, threads: device.threads, isa: device.isa },
    };
    return profile === undefined ? { result } : { result, profile };
  } finally {
    await session.close();
  }
}

async function profiled(
  session: BenchSession,
  length: number,
  sizes: readonly number[],
  generate: number,
): Promise<BenchmarkProfile> {
  const profile = new Profile(session.device);
  await session.prefill(length, profile);
  for (const size of sizes) await session.decode(size, generate, profile);
  return { table: profile.table(), trace: profile.chromeTrace() };
}

function wholeFromOne(argument: string, values: readonly number[]): void {
  const wrong = values.find((value) => !Number.isSafeInteger(value) || value < 1);
  if (values.length > 0 && wrong === undefined) return;
  const found = values.length === 0 ? 'none' : String(wrong);
  throw new JambalayaError('usage', { argument, expected: 'whole numbers from 1', found });
}

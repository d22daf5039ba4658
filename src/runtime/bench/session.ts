/** A model that is measured: loaded into this thread, so that nothing stands between the clock and the device. */
import { machineMemory } from '#runtime/host';
import type { Device, DeviceCeilings, DeviceName, InstructionSet } from '../../contract/index.js';
import { countFlops, type FlopsPart, type ModelShape, prompt, readModelShape } from '../../cost/index.js';
import { openDevice, Profile } from '../../devices/index.js';
import { JambalayaError } from '../../errors/index.js';
import type { Checkpoint } from '../../formats/index.js';
import { DecodeBatch } from '../../generation/index.js';
import { loadCheckpoint, type Model, openModel } from '../../models/index.js';
import { type KvDType, StatePool } from '../../nn/index.js';
import { quantizer } from '../../quantization/index.js';
import { expectModelFits, MemoryPlanner, type RunMemoryPlan, sequenceMemory } from '../memoryPlan.js';
import type { WeightScheme } from '../protocol.js';
import { type ActiveBytes, activeBytes, distinctExperts } from './traffic.js';

export interface BenchOptions {
  readonly device?: DeviceName | undefined;
  readonly isa?: InstructionSet | undefined;
  readonly threads?: number | undefined;
  readonly weights?: WeightScheme | undefined;
  /** What keys and values are kept as; f32 unless told. */
  readonly kv?: KvDType | undefined;
  /** The most that the model may take; by default what the machine has left. */
  readonly memoryBytes?: number | undefined;
  /** Asked between forward passes. */
  readonly aborted?: (() => boolean) | undefined;
}

export interface DecodeMeasurement {
  /** Median of the steps. */
  readonly secondsPerStep: number;
  /**
   * Mean of the steps: stored weights that their tokens made active (of experts those that were really chosen, each once),
   * states, and keys and values.
   */
  readonly bytesPerStep: number;
}

export interface PrefillMeasurement {
  /** From the first chunk's begin to the first token. */
  readonly seconds: number;
  /** Of products of activations with weights; attention's scores are not among them. */
  readonly operations: number;
}

/** What most of the operations multiply: activations as they come, rounded to bf16, or quantized to int8. */
export type ProductClass = 'f32' | 'bf16' | 'int8';

/** Before every sequence of a decode measurement. */
const decodePromptTokens = 8;
/** Steps that are not counted: the prompts, the one that is captured, one more. */
const warmUpSteps = 3;
/** The parts of a model's FLOPs that are products with its weights. */
const productParts: readonly FlopsPart[] = [
  'attentionProjections',
  'mambaProjections',
  'router',
  'experts',
  'denseMlp',
  'head',
];

export class BenchSession implements Disposable {
  private readonly active: ActiveBytes;
  private seed = 0;

  private constructor(
    readonly device: Device,
    readonly model: Model,
    readonly checkpoint: Checkpoint,
    private readonly shape: ModelShape,
    private readonly options: BenchOptions,
    private readonly before: ReturnType<typeof machineMemory>,
  ) {
    this.active = activeBytes(model);
  }

  /**
   * Loads a model folder, a GGUF file, or a model of the hub's local cache.
   *
   * @throws `unavailable` for a device without measurable ceilings or a model that does not continue a text; `memory`; and as
   *   `loadCheckpoint`
   */
  static async open(name: string, options: BenchOptions = {}): Promise<BenchSession> {
    const before = machineMemory();
    const checkpoint = await openModel(name);
    let device: Device | undefined;
    try {
      device = await openDevice({ name: options.device, isa: options.isa, threads: options.threads });
      if (device.ceilings === undefined) {
        const reason = `device ${device.name} is not for speed`;
        throw new JambalayaError('unavailable', { what: 'a benchmark', reason }, { hint: 'use native or wasm' });
      }
      const { weights = 'file', kv, memoryBytes } = options;
      await expectModelFits(checkpoint, device, { model: name, weights, kv, memoryBytes });
      const quantize = weights === 'file' ? undefined : quantizer(weights);
      const { model } = await loadCheckpoint(checkpoint, device, { quantize });
      const { shape } = readModelShape(checkpoint.config, checkpoint.configFile);
      return new BenchSession(device, model, checkpoint, shape, options, before);
    } catch (error) {
      device?.dispose();
      await checkpoint.close();
      throw error;
    }
  }

  /** Decodes `sequences` together, `tokens` steps of each after a short prompt. */
  async decode(sequences: number, tokens: number, profile?: Profile): Promise<DecodeMeasurement> {
    const { model } = this;
    using pool = this.pool();
    using batch = new DecodeBatch(model);
    const running = Array.from({ length: sequences }, () => {
      const ids = this.ids(decodePromptTokens);
      const options = { maxTokens: tokens + warmUpSteps, temperature: 0, seed: 1 };
      return { ids: [...ids], sequence: batch.add({ state: pool.create(), prompt: ids, options }) };
    });
    const step = async () => {
      this.expectNotAborted();
      const started = performance.now();
      const made = await batch.step();
      const seconds = (performance.now() - started) / 1000;
      for (const { sequence, token } of made) {
        if (token !== undefined) running.find((one) => one.sequence === sequence)!.ids.push(token.id);
      }
      return seconds;
    };
    for (let i = 0; i < warmUpSteps; i++) await step();
    profile?.begin(`decode ${sequences}`);
    const seconds: number[] = [];
    for (let i = 0; i < tokens; i++) seconds.push(await step());
    profile?.end();
    const first = decodePromptTokens + warmUpSteps;
    // A step reads the token that the one before it made; the last one made is not read.
    const read = running.map(({ ids }) => ids.slice(0, -1));
    const experts = await distinctExperts(model, read, tokens);
    let bytes = 0;
    for (const [i, layers] of experts.entries()) {
      const { always, perToken, perExpert } = this.active;
      bytes += always + sequences * perToken;
      layers.forEach((count, layer) => {
        bytes += count * perExpert[layer]!;
      });
      const { stateBytes, kvCacheBytes } = sequenceMemory(model.stateLayouts, first + i, this.kvDType);
      bytes += sequences * (stateBytes + kvCacheBytes);
    }
    return { secondsPerStep: median(seconds), bytesPerStep: bytes / tokens };
  }

  /** Reads a prompt of `tokens` up to its first token, as a request does. */
  async prefill(tokens: number, profile?: Profile): Promise<PrefillMeasurement> {
    using pool = this.pool();
    using batch = new DecodeBatch(this.model);
    const options = { maxTokens: 1, temperature: 0, seed: 1 };
    const sequence = batch.add({ state: pool.create(), prompt: this.ids(tokens), options });
    profile?.begin(`prefill ${tokens}`);
    const started = performance.now();
    while (batch.has(sequence)) {
      this.expectNotAborted();
      await batch.step();
    }
    const seconds = (performance.now() - started) / 1000;
    profile?.end();
    const flops = countFlops(this.shape, prompt(this.shape, tokens));
    const operations = productParts.reduce((total, part) => total + flops[part].forward, 0);
    return { seconds, operations };
  }

  /** What the products run in, by most of the operations of a short prompt. */
  async productClass(): Promise<ProductClass> {
    const profile = new Profile(this.device);
    await this.prefill(decodePromptTokens, profile);
    const sums = { f32: 0, bf16: 0, int8: 0 };
    for (const { activations, operations } of profile.products()) {
      sums[activations === 'i8' ? 'int8' : activations === 'bf16' ? 'bf16' : 'f32'] += operations;
    }
    const classes = Object.entries(sums) as [ProductClass, number][];
    return classes.reduce((most, next) => (next[1] > most[1] ? next : most))[0];
  }

  /** Takes a second, and memory of its own: after `memory`. */
  ceilings(): DeviceCeilings {
    return this.device.ceilings!();
  }

  /**
   * What it took at most so far: of the process, above what that had before the model. Where that is not known, or the process
   * has been larger before, it is what the device counts.
   */
  get peakBytes(): number {
    const { before } = this;
    const peak = machineMemory()?.peakResidentBytes ?? 0;
    if (before !== undefined && peak > before.peakResidentBytes) return peak - before.residentBytes;
    const { peakHeldBytes, mappedBytes } = this.device.memory;
    return peakHeldBytes + mappedBytes;
  }

  /** The most that the plans of these runs ask for. */
  async plannedBytes(runs: readonly { readonly context: number; readonly batch: number }[]): Promise<number> {
    const { weights } = this.options;
    using planner = await MemoryPlanner.open(this.checkpoint, { weights, device: this.device.name });
    const plan = ({ context, batch }: (typeof runs)[number]): RunMemoryPlan =>
      planner.plan({ context, batch, kvDType: this.kvDType, threads: this.device.threads });
    return Math.max(...runs.map((run) => plan(run).totalBytes));
  }

  async close(): Promise<void> {
    this.dispose();
    await this.checkpoint.close();
  }

  dispose(): void {
    this.model.dispose();
    this.device.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The longest sequence that `decode` makes. */
  static decodeContext = (tokens: number): number => decodePromptTokens + warmUpSteps + tokens;

  private get kvDType() {
    return this.options.kv ?? 'f32';
  }

  private pool(): StatePool {
    return new StatePool(this.device, this.model.stateLayouts, { kvDType: this.kvDType });
  }

  /** Ids without a pattern, other ones each time. */
  private ids(count: number): number[] {
    const { vocabularySize } = this.model.description;
    const seed = this.seed++;
    return Array.from({ length: count }, (_, i) => (i * 7919 + seed * 104_729 + 13) % vocabularySize);
  }

  private expectNotAborted(): void {
    if (this.options.aborted?.()) throw new JambalayaError('aborted', { what: 'the benchmark' });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

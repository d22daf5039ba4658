/** How much memory a model takes, before it is loaded: closed forms for what it keeps, a rehearsal for what it works in. */
import { machineMemory } from '#runtime/host';
import type { Device, DeviceName } from '../contract/index.js';
import { kvBytesPerToken, kvDTypeBytes, mambaStateBytes } from '../cost/index.js';
import { PlanningDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Checkpoint } from '../formats/index.js';
import { rehearse } from '../generation/index.js';
import { type LoadedCheckpoint, loadCheckpoint, type Model } from '../models/index.js';
import type { KvDType, LayerStateLayout, State } from '../nn/index.js';
import { quantizer } from '../quantization/index.js';
import type { LoadRequest, WeightScheme } from './protocol.js';

export interface MemoryPlanOptions {
  /** Tokens of each sequence, the prompt's and those that are made. */
  readonly context: number;
  /** Sequences that are decoded together; 1 unless told. */
  readonly batch?: number | undefined;
  /** Rows of one pass at most while prompts are read; 512 unless told. */
  readonly prefillChunk?: number | undefined;
  readonly kvDType?: KvDType | undefined;
  readonly threads?: number | undefined;
}

export interface RunMemoryPlan {
  readonly context: number;
  readonly batch: number;
  readonly weights: {
    /** Used where they lie in the file: the system may drop them and read them again, at the price of speed. */
    readonly mappedBytes: number;
    /** Made while loading, with the memory that was needed on the way and is kept for later. */
    readonly ownBytes: number;
  };
  /** Convolution and scan states of the batch, in f32. */
  readonly stateBytes: number;
  /** Keys and values of the batch, for the whole context. */
  readonly kvCacheBytes: number;
  readonly workspace: {
    /** Beside the model and its states while a chunk of a prompt is read. */
    readonly prefillBytes: number;
    /** What a decode step keeps between tokens. */
    readonly decodeBytes: number;
    /** All that is neither weights nor state at the fullest moment, memory kept for reuse and of threads included. */
    readonly totalBytes: number;
  };
  /** The library's code, its worker and its JavaScript objects, above an empty process; a measured constant. */
  readonly programBytes: number;
  readonly totalBytes: number;
}

/** 33 MB for the smallest model, about 45 for one of 800 MB with prompts of some hundred tokens (Node 20). */
const programBytes = 40e6;

/** Of each thread of the native device; `scratchBytes` in kernels/engine/context.h. */
const scratchBytes = 4 * 2 ** 20;

/** What one sequence of `context` tokens keeps: convolution and scan states in f32, and keys and values. */
export function sequenceMemory(
  layouts: readonly LayerStateLayout[],
  context: number,
  kvDType: KvDType,
): { readonly stateBytes: number; readonly kvCacheBytes: number } {
  let stateBytes = 0;
  let kvCacheBytes = 0;
  for (const layout of layouts) {
    if (layout.kind === 'mamba') stateBytes += mambaStateBytes({ ...layout, convWidth: layout.width }, 4);
    else kvCacheBytes += kvBytesPerToken(layout, kvDTypeBytes[kvDType]) * context;
  }
  return { stateBytes, kvCacheBytes };
}

/** A model on a device that only counts, to make plans with. */
export class MemoryPlanner implements Disposable {
  private constructor(
    private readonly device: PlanningDevice,
    readonly loaded: LoadedCheckpoint,
  ) {}

  /**
   * Reads headers and small tensors, and checks every tensor's name, shape and dtype against the architecture.
   *
   * @throws as `loadCheckpoint`
   */
  static async open(
    checkpoint: Checkpoint,
    {
      weights = 'file',
      strict = false,
      device = 'native',
      mapFiles = true,
    }: {
      weights?: WeightScheme | undefined;
      strict?: boolean;
      device?: DeviceName;
      mapFiles?: boolean | undefined;
    } = {},
  ): Promise<MemoryPlanner> {
    const planning = new PlanningDevice({ maps: mapFiles && device === 'native' });
    const quantize = weights === 'file' ? undefined : quantizer(weights);
    const loaded = await loadCheckpoint(checkpoint, planning, { strict, quantize });
    planning.mark();
    return new MemoryPlanner(planning, loaded);
  }

  get model(): Model {
    return this.loaded.model;
  }

  /** The plan of decoding `batch` sequences of `context` tokens each. */
  plan({ context, batch = 1, prefillChunk = 512, kvDType = 'f32', threads = 1 }: MemoryPlanOptions): RunMemoryPlan {
    const { device } = this;
    const { maxLength = Number.POSITIVE_INFINITY } = this.model.description;
    if (!Number.isInteger(context) || context < 1 || context > maxLength) {
      const expected = `a whole number from 1${Number.isFinite(maxLength) ? ` to ${maxLength}` : ''}`;
      throw new JambalayaError('usage', { argument: 'context', expected, found: String(context) });
    }
    device.restart();
    const { mappedBytes, heldBytes: ownBytes } = device.memory;
    const { poolBytes, prefillBytes, decodeBytes } = rehearse(this.model, { context, batch, prefillChunk, kvDType });
    const sequence = sequenceMemory(this.model.stateLayouts, context, kvDType);
    const stateBytes = batch * sequence.stateBytes;
    const kvCacheBytes = batch * sequence.kvCacheBytes;
    // Rooms of the pool that no sequence uses yet are never touched, so that they take no memory.
    const untouched = Math.max(0, poolBytes - stateBytes - kvCacheBytes);
    const workspaceBytes =
      device.memory.peakHeldBytes - ownBytes - untouched - stateBytes - kvCacheBytes + threads * scratchBytes;
    return {
      context,
      batch,
      weights: { mappedBytes, ownBytes },
      stateBytes,
      kvCacheBytes,
      workspace: { prefillBytes, decodeBytes, totalBytes: workspaceBytes },
      programBytes,
      totalBytes: mappedBytes + ownBytes + stateBytes + kvCacheBytes + workspaceBytes + programBytes,
    };
  }

  dispose(): void {
    this.loaded.model.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** WebAssembly addresses 32 bits. */
const wasmBytes = 65535 * 65536;

/** What a device may still take: of `limit`, of what the machine has left, and of what it can address. */
export function roomOf({ name, memory }: Device, limit = Number.POSITIVE_INFINITY): number {
  const machine = machineMemory()?.availableBytes ?? Number.POSITIVE_INFINITY;
  const addressed = name === 'wasm' ? wasmBytes : Number.POSITIVE_INFINITY;
  return Math.min(machine, Math.min(limit, addressed) - memory.heldBytes - memory.mappedBytes);
}

/** @throws `memory` with what is needed and what there is; the hint lists the parts */
export function expectRoom(what: string, plan: RunMemoryPlan, availableBytes: number): void {
  if (plan.totalBytes <= availableBytes) return;
  const { weights, stateBytes, kvCacheBytes, workspace } = plan;
  const parts = [
    ['weights', weights.mappedBytes + weights.ownBytes],
    ['states', stateBytes],
    ['KV cache', kvCacheBytes],
    ['work space', workspace.totalBytes],
    ['program', plan.programBytes],
  ] as const;
  const list = parts.map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`).join(', ');
  const hint = `${list}; \`--weights int8\`, a shorter context or fewer sequences take less`;
  throw new JambalayaError('memory', { what, neededBytes: plan.totalBytes, availableBytes }, { hint });
}

/** The shortest use of a model that makes sense: one sequence of one chunk. */
const leastContext = 512;

/**
 * Refuses a model that cannot fit, before anything of it is loaded. Where even five times its files and a gigabyte fit
 * (Q8_0 becomes f32, four times its size), nothing is planned.
 *
 * @throws `memory`
 */
export async function expectModelFits(
  checkpoint: Checkpoint,
  device: Device,
  request: Pick<LoadRequest, 'weights' | 'kv' | 'memoryBytes' | 'model' | 'mapFiles'>,
): Promise<void> {
  if (device.name === 'reference') return;
  const { weights, kv: kvDType, memoryBytes, model, mapFiles } = request;
  const room = roomOf(device, memoryBytes);
  let fileBytes = 0;
  for (const { byteLength } of checkpoint.tensors.values()) fileBytes += byteLength;
  if (5 * fileBytes + 1e9 <= room) return;
  using planner = await MemoryPlanner.open(checkpoint, { weights, device: device.name, mapFiles });
  const { maxLength = leastContext } = planner.model.description;
  const plan = planner.plan({ context: Math.min(leastContext, maxLength), kvDType, threads: device.threads });
  expectRoom(model, plan, room);
}

/**
 * Refuses a request whose keys and values cannot fit beside what is there.
 *
 * @throws `memory`
 */
export function expectRequestFits(state: State, tokens: number, memoryBytes: number | undefined): void {
  const neededBytes = state.pool.bytesFor(state, tokens);
  const availableBytes = Math.max(0, roomOf(state.pool.device, memoryBytes));
  if (!(neededBytes > availableBytes)) return;
  const hint = 'ask for fewer tokens (`maxTokens`, `--max-tokens`), or give a shorter prompt';
  const what = `a sequence of ${state.length + tokens} tokens`;
  throw new JambalayaError('memory', { what, neededBytes, availableBytes }, { hint });
}

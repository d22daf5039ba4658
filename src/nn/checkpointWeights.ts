/** Parameters from a checkpoint, placed on a device one at a time: mapped in place where that is possible. */
import type { Device, DType, HostArray } from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';
import { type Checkpoint, readFloats, readTensor, type StoredDType, type TensorEntry } from '../formats/index.js';
import { panelShape, Tensor, unscoped } from '../tensor/index.js';
import { int8Form } from './activations.js';
import { decodedTensor, formedMatrix } from './blocks.js';
import { expectFinite, firstNonFinite, nonFiniteError } from './finite.js';
import { GivenTensors } from './givenTensors.js';
import type { Matrix, MatrixRole, WeightSource } from './weights.js';

/**
 * Gives a matrix another form while it is loaded (or the same one, with another class of activations), or leaves it as it is.
 * `rows` are those of all parts of the tensor `name`, of which `values` is one.
 */
export interface QuantizeMatrix {
  (values: Tensor, role: MatrixRole, name: string, rows: readonly number[]): Matrix | undefined;
  /** Whether a row's form depends on nothing but the row: then it may be given a matrix some rows at a time. */
  readonly byRows?: boolean;
}

export interface WeightOptions {
  /** `file`: matrices as they are stored; `f32`: everything widened, as training wants it. */
  readonly dtype?: 'file' | 'f32';
  readonly quantize?: QuantizeMatrix | undefined;
  /**
   * Whether matrices are used where they lie in the file, where the device can: the default. Reading them instead takes memory, and
   * outlives a file that somebody cuts short.
   */
  readonly mapFiles?: boolean | undefined;
  /** Whether a tensor of the file holds int8 matrices in panels, which are multiplied with int8 activations. */
  readonly inPanels?: ((name: string) => boolean) | undefined;
  readonly onProgress?: ((done: { name: string; tensors: number; bytes: number }) => void) | undefined;
}

/** Elements that are copied at a time. */
const pieceLength = 2 ** 20;

const deviceDTypes: Partial<Record<StoredDType, DType>> = { F32: 'f32', BF16: 'bf16', F16: 'f16', I8: 'i8' };

/** The suffix of a quantized matrix's scales, as in vLLM's ExpertsInt8 (arXiv 2408.12570). */
export const scaleSuffix = '_scale';

export class CheckpointWeights extends GivenTensors implements WeightSource {
  private bytes = 0;
  private readonly asked = new Set<string>();
  private readonly copies = new Set<string>();

  constructor(
    readonly device: Device,
    private readonly checkpoint: Checkpoint,
    private readonly options: WeightOptions = {},
  ) {
    super();
  }

  /** Tensors of the checkpoint that nothing asked for, and copies of others. */
  get unused(): string[] {
    return [...this.checkpoint.tensors.keys()].filter((name) => !this.asked.has(name)).sort();
  }

  /** Tensors of the checkpoint that were asked for. */
  get used(): ReadonlySet<string> {
    return this.asked;
  }

  /** Tensors that hold what others hold, which are used in their place. */
  get repeated(): ReadonlySet<string> {
    return this.copies;
  }

  async repeats(name: string, other: string): Promise<boolean> {
    const { tensors } = this.checkpoint;
    const [entry, first] = [tensors.get(name), tensors.get(other)];
    if (entry === undefined) return true;
    const same = first !== undefined && (await sameValues(entry, first));
    if (same) this.copies.add(name);
    return same;
  }

  has(name: string): boolean {
    return this.checkpoint.tensors.has(name);
  }

  async matrix(name: string, rows: number, columns: number, role: MatrixRole): Promise<Matrix> {
    return (await this.parts(name, [rows], columns, role))[0]!;
  }

  async parts(name: string, rows: readonly number[], columns: number, role: MatrixRole): Promise<Matrix[]> {
    const total = sum(rows);
    const panels = this.options.inPanels?.(name) ?? false;
    const heights = rows.map((count) => (panels ? panelShape(count, columns)[0] : count));
    const stored = panels ? [sum(heights), panelShape(0, columns)[1]] : [total, columns];
    const entry = this.find(name, stored);
    if (rows.length === 1) {
      const formed = await this.formedByRows(entry, role);
      if (formed !== undefined) return [formed];
    }
    const values = await this.place(entry);
    if (values.dtype !== 'i8')
      return await this.formed(name, values, rows.length === 1 ? [values] : this.cut(values, rows), rows, role);
    this.take(name, values);
    const scale = await this.scales(name, total);
    const scales = this.cut(scale, rows);
    return this.cut(values, heights).map((part, i) => ({
      values: part,
      scale: scales[i]!,
      ...(panels ? int8Form(role) : {}),
    }));
  }

  async stack(
    name: string,
    count: number,
    rows: readonly number[],
    columns: number,
    role: MatrixRole,
  ): Promise<Matrix[][]> {
    const stacked = await this.place(this.find(name, [count, sum(rows), columns]));
    const all = Array.from({ length: count }, () => rows).flat();
    const flat = (tensor: Tensor, shape: readonly number[]) => this.own(unscoped(() => tensor.reshape(shape)));
    const slices = this.cut(flat(stacked, [count * sum(rows), columns]), all);
    let matrices: Matrix[];
    if (stacked.dtype === 'i8') {
      this.take(name, stacked);
      const scales = this.cut(flat(await this.vector(`${name}${scaleSuffix}`, [count, sum(rows)]), [-1]), all);
      matrices = slices.map((values, i) => ({ values, scale: scales[i]! }));
    } else {
      matrices = await this.formed(name, stacked, slices, rows, role);
    }
    return Array.from({ length: count }, (_, i) => matrices.slice(i * rows.length, (i + 1) * rows.length));
  }

  async vector(name: string, shape: readonly number[]): Promise<Tensor> {
    const entry = this.find(name, shape);
    const values = await readFloats(entry);
    const wrong = firstNonFinite(values);
    if (wrong >= 0) throw nonFiniteError(entry.source.name, name, `at element ${wrong}`);
    const tensor = unscoped(() => Tensor.from(this.device, shape, values));
    return this.take(name, tensor);
  }

  private take(name: string, tensor: Tensor): Tensor {
    this.taken.set(name, tensor);
    this.bytes += tensor.bytes;
    this.options.onProgress?.({ name, tensors: this.taken.size, bytes: this.bytes });
    return tensor;
  }

  private find(name: string, shape: readonly number[]): TensorEntry {
    const entry = this.checkpoint.tensors.get(name);
    this.asked.add(name);
    if (entry === undefined) {
      const file = this.checkpoint.folder.name;
      throw new JambalayaError('checkpoint', {
        file,
        tensor: name,
        expected: `shape (${shape.join(', ')})`,
        found: 'no such tensor',
      });
    }
    if (entry.shape.length !== shape.length || entry.shape.some((size, i) => size !== shape[i])) {
      throw new JambalayaError('checkpoint', {
        file: entry.source.name,
        tensor: name,
        expected: `shape (${shape.join(', ')})`,
        found: `(${entry.shape.join(', ')})`,
      });
    }
    return entry;
  }

  /** The tensor in its stored dtype: a view of the file if the device maps it, else a copy. */
  private async place(entry: TensorEntry): Promise<Tensor> {
    const dtype = deviceDTypes[entry.dtype];
    if (dtype === undefined && entry.dtype !== 'F64') {
      throw new JambalayaError('checkpoint', {
        file: entry.source.name,
        tensor: entry.name,
        expected: 'dtype F32, BF16, F16, F64 or I8',
        found: entry.dtype,
      });
    }
    const { device } = this;
    if (entry.blocks !== undefined && device.name !== 'planning') {
      const tensor = await decodedTensor(device, entry.blocks, entry.shape, this.options.mapFiles ?? true);
      try {
        await expectFinite(entry.source.name, entry.name, tensor);
      } catch (error) {
        tensor.dispose();
        throw error;
      }
      return tensor;
    }
    if (dtype === undefined || (this.options.dtype === 'f32' && dtype !== 'i8'))
      return this.copied(entry, 'f32', readFloats);
    const length = entry.shape.reduce((product, size) => product * size, 1);
    const bytesEach = length === 0 ? 1 : entry.byteLength / length;
    const { path } = entry.source;
    if (
      this.options.mapFiles !== false &&
      device.map !== undefined &&
      path !== undefined &&
      length > 0 &&
      entry.offset % bytesEach === 0
    ) {
      const handle = device.map(path, entry.offset, dtype, length);
      return unscoped(() => Tensor.adopt(device, handle, entry.shape, dtype));
    }
    return this.copied(entry, dtype, async (piece) => asHostArray(await readTensor(piece), dtype));
  }

  /** Read piece by piece: what a piece is on the way is garbage, and that of whole matrices would pile up. */
  private async copied(
    entry: TensorEntry,
    dtype: DType,
    read: (piece: TensorEntry) => Promise<HostArray>,
  ): Promise<Tensor> {
    const tensor = unscoped(() => Tensor.empty(this.device, entry.shape, dtype));
    // What is only counted need not be read.
    if (this.device.name === 'planning') return tensor;
    const bytesEach = entry.byteLength / Math.max(1, tensor.size);
    try {
      using flat = unscoped(() => tensor.reshape([tensor.size]));
      for (let start = 0; start < tensor.size; start += pieceLength) {
        const length = Math.min(pieceLength, tensor.size - start);
        const [offset, byteLength] = [entry.offset + start * bytesEach, length * bytesEach];
        const values = await read({ ...entry, shape: [length], offset, byteLength });
        using part = unscoped(() => flat.range(start, start + length));
        part.write(values);
      }
      await expectFinite(entry.source.name, entry.name, tensor);
      return tensor;
    } catch (error) {
      tensor.dispose();
      throw error;
    }
  }

  private async scales(name: string, rows: number): Promise<Tensor> {
    const scaleName = `${name}${scaleSuffix}`;
    const stored = this.checkpoint.tensors.get(scaleName)?.shape;
    // vLLM keeps scales as (rows), other tools as (rows, 1).
    const scale = await this.vector(scaleName, stored?.length === 2 ? [rows, 1] : [rows]);
    return scale.shape.length === 1 ? scale : this.own(unscoped(() => scale.reshape([rows])));
  }

  /** A matrix in blocks as the model's scheme wants it, without all of its floats in memory. */
  private async formedByRows(entry: TensorEntry, role: MatrixRole): Promise<Matrix | undefined> {
    const { quantize } = this.options;
    if (entry.blocks === undefined || !quantize?.byRows || this.device.name === 'planning') return undefined;
    const { name } = entry;
    const [rows, columns] = entry.shape as [number, number];
    const form = (values: Tensor) => quantize(values, role, name, [rows]);
    const mapped = this.options.mapFiles ?? true;
    const made = await formedMatrix(this.device, entry.blocks, { rows, columns, mapped }, form);
    if (made === undefined) return undefined;
    this.take(name, made.values);
    if (made.scale !== undefined) this.take(`${name}${scaleSuffix}`, made.scale);
    await expectFinite(entry.source.name, name, made.scale ?? made.values);
    return made;
  }

  /**
   * The parts of a tensor as the model's scheme wants them; values in a form of their own are kept here, in place of the
   * given ones.
   */
  private async formed(
    name: string,
    whole: Tensor,
    parts: readonly Tensor[],
    rows: readonly number[],
    role: MatrixRole,
  ): Promise<Matrix[]> {
    const file = this.checkpoint.folder.name;
    try {
      // A choice of experts hides what is wrong in a router; large matrices show it in the logits, which are looked at.
      if (role === 'router') await expectFinite(file, name, whole);
      const matrices: Matrix[] = [];
      for (const [i, values] of parts.entries()) {
        const made = unscoped(() => this.options.quantize?.(values, role, name, rows)) ?? { values };
        matrices.push(made);
        if (made.values === values) continue;
        values.dispose();
        const partName = parts.length === 1 ? name : `${name}.${i}`;
        this.take(partName, made.values);
        if (made.scale !== undefined) this.take(`${partName}${scaleSuffix}`, made.scale);
        // A row's scale is not finite if one of its values is not.
        await expectFinite(file, name, made.scale ?? made.values);
      }
      if (matrices.some(({ values }, i) => values === parts[i])) this.take(name, whole);
      else whole.dispose();
      return matrices;
    } catch (error) {
      whole.dispose();
      throw error;
    }
  }

  /** Views of so many rows each, which live as long as the parameters. */
  private cut(tensor: Tensor, rows: readonly number[]): Tensor[] {
    let end = 0;
    return rows.map((count) => {
      end += count;
      return this.own(unscoped(() => tensor.range(end - count, end)));
    });
  }
}

/** Whether two tensors hold the same bytes in the same form. */
async function sameValues(a: TensorEntry, b: TensorEntry): Promise<boolean> {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  for (let start = 0; start < a.byteLength; start += 4 * pieceLength) {
    const length = Math.min(4 * pieceLength, a.byteLength - start);
    const [left, right] = await Promise.all([a, b].map(({ source, offset }) => source.read(offset + start, length)));
    if (!left!.every((byte, i) => byte === right![i])) return false;
  }
  return true;
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

function asHostArray(bytes: Uint8Array, dtype: DType): HostArray {
  const { buffer, byteOffset, byteLength } = bytes;
  if (dtype === 'f32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (dtype === 'i8') return new Int8Array(buffer, byteOffset, byteLength);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

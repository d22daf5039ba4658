/**
 * A checkpoint's tensors in the plainest form that there is of them: experts one by one, int8 rows with their scales as the
 * numbers that they stand for. Nothing is read before it is asked for.
 */
import { JambalayaError } from '../../errors/index.js';
import { type Checkpoint, readFloats, readIntegers, type TensorEntry } from '../../formats/index.js';
import { scaleSuffix } from '../../nn/index.js';
import { type PanelLayout, panelLayouts, rowsOfPanels } from '../panels.js';

export interface PlainTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As it is stored; undefined for what is computed. */
  readonly entry?: TensorEntry;
  /** Its values, if they are numbers of a float dtype, or stand for such. */
  readonly floats?: () => Promise<Float32Array>;
}

const floatDTypes: readonly string[] = ['F32', 'F16', 'BF16', 'F64'];

/** All tensors of a checkpoint in their order, by name. */
export function plainTensors(checkpoint: Checkpoint): Map<string, PlainTensor> {
  const { tensors } = checkpoint;
  const panels = panelLayouts(checkpoint);
  const plain = new Map<string, PlainTensor>();
  for (const entry of tensors.values()) {
    if (entry.name.endsWith(scaleSuffix) && tensors.get(entry.name.slice(0, -scaleSuffix.length))?.dtype === 'I8') {
      continue;
    }
    const scale = entry.dtype === 'I8' ? tensors.get(`${entry.name}${scaleSuffix}`) : undefined;
    const layout = panels.get(entry.name);
    if (layout !== undefined && scale !== undefined) {
      const shape = [layout.rows.reduce((total, count) => total + count, 0), layout.columns];
      const part = { entry: { ...entry, shape }, firstRow: 0, layout };
      plain.set(entry.name, { name: entry.name, shape, floats: () => dequantized(part, scale) });
      continue;
    }
    for (const part of expertsOf(entry)) {
      const { name, shape } = part.entry;
      if (scale !== undefined) plain.set(name, { name, shape, floats: () => dequantized(part, scale) });
      else if (!floatDTypes.includes(entry.dtype)) plain.set(name, { name, shape, entry: part.entry });
      else plain.set(name, { name, shape, entry: part.entry, floats: () => readFloats(part.entry) });
    }
  }
  return plain;
}

interface Part {
  readonly entry: TensorEntry;
  /** Its first row, counted over all rows of the tensor that it was cut out of. */
  readonly firstRow: number;
  /** Where its rows lie in panels. */
  readonly layout?: PanelLayout;
}

/** Stacks `experts.gate_up_proj` (E, 2F, D), gate rows first, and `experts.down_proj` (E, D, F) as matrices; others whole. */
export function expertsOf(entry: TensorEntry): Part[] {
  const [, prefix, kind] = /^(.*\.experts)\.(gate_up_proj|down_proj)$/.exec(entry.name) ?? [];
  const [experts = 0, rows = 0, columns = 0] = entry.shape;
  if (prefix === undefined || entry.shape.length !== 3) return [{ entry, firstRow: 0 }];
  const projections = kind === 'down_proj' ? ['down_proj'] : ['gate_proj', 'up_proj'];
  const partRows = rows / projections.length;
  const byteLength = entry.byteLength / (experts * projections.length);
  return Array.from({ length: experts * projections.length }, (_, n) => {
    const projection = projections[n % projections.length];
    const name = `${prefix}.${Math.floor(n / projections.length)}.${projection}.weight`;
    const offset = entry.offset + n * byteLength;
    return { entry: { ...entry, name, shape: [partRows, columns], offset, byteLength }, firstRow: n * partRows };
  });
}

async function dequantized({ entry, firstRow, layout }: Part, scale: TensorEntry): Promise<Float32Array> {
  const [stored, scales] = [await readIntegers(entry), await readFloats(scale)];
  const rows = layout === undefined ? stored : rowsOfPanels(Int8Array.from(stored), layout);
  const columns = entry.shape.at(-1) ?? 1;
  const count = columns === 0 ? 0 : rows.length / columns;
  if (firstRow + count > scales.length) {
    throw new JambalayaError('checkpoint', {
      file: scale.source.name,
      tensor: scale.name,
      expected: `one scale for each row of ${entry.name}`,
      found: `(${scale.shape.join(', ')})`,
    });
  }
  const values = new Float32Array(rows.length);
  for (let row = 0; row < count; row++) {
    const factor = scales[firstRow + row]!;
    for (let i = row * columns; i < (row + 1) * columns; i++) values[i] = rows[i]! * factor;
  }
  return values;
}

/** The float dtype that most bytes of a checkpoint have; F32 where none has any. */
export function commonFloatType({ tensors }: Checkpoint): 'F32' | 'F16' | 'BF16' {
  const bytes = { F32: 0, F16: 0, BF16: 0 };
  for (const { dtype, byteLength, name } of tensors.values()) {
    if ((dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') && !name.endsWith(scaleSuffix))
      bytes[dtype] += byteLength;
  }
  const [most] = Object.entries(bytes).sort((a, b) => b[1] - a[1]);
  return most![0] as keyof typeof bytes;
}

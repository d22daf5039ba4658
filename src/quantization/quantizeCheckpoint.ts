/** Writes a quantized copy of a model folder, one tensor in memory at a time. */
import type { Device, HostArray } from '../contract/index.js';
import { PlanningDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import {
  type Checkpoint,
  readFloats,
  readTensor,
  type TensorEntry,
  type TensorToWrite,
  writeFileAtomically,
  writeFolder,
  writeSafetensors,
} from '../formats/index.js';
import {
  copyCompanions,
  expertsOf,
  loadCheckpoint,
  openModel,
  type PanelLayout,
  panelMetadata,
  storedShape,
} from '../models/index.js';
import { firstNonFinite, type MatrixRole, nonFiniteError, type QuantizeMatrix, scaleSuffix } from '../nn/index.js';
import { concat, packPanels, quantizeRows, scope, Tensor } from '../tensor/index.js';
import { methods, type QuantizationScheme, schemes } from './schemes.js';

/** How far a quantized tensor is from what it was. */
export interface TensorReport {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Largest |w − q·scale| ÷ max|row|; at most 1/254 by construction. */
  readonly largestRowError: number;
  /** sqrt(Σ (w − q·scale)² ÷ Σ w²) */
  readonly relativeRmsError: number;
}

export interface QuantizationReport {
  readonly tensors: readonly TensorReport[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface QuantizeOptions {
  /** `experts-int8` unless told; the checkpoint says it in its metadata and in `config.json`. */
  readonly scheme?: QuantizationScheme | undefined;
  readonly onTensor?: (report: TensorReport, done: number, total: number) => void;
}

/**
 * Copies the model `input` (a folder or a GGUF file) to the folder `output` with every matrix of the scheme as int8 rows
 * (`NAME` I8, `NAME_scale` F32). The other files of the folder that a model needs are copied as they are. The folder is
 * written as one: a model that was there is replaced at the end.
 */
export async function quantizeCheckpoint(
  input: string,
  output: string,
  device: Device,
  { scheme = 'experts-int8', onTensor }: QuantizeOptions = {},
): Promise<QuantizationReport> {
  const checkpoint = await openModel(input);
  try {
    const { roles } = schemes[scheme];
    const method = methods[scheme];
    const { names, repeated } = await tensorsWithRole(checkpoint, roles);
    if (names.size === 0 && ![...checkpoint.tensors.values()].some(({ dtype }) => dtype === 'I8')) {
      throw new JambalayaError('usage', {
        argument: 'scheme',
        expected: `a model with matrices that ${scheme} quantizes`,
        found: `none in ${checkpoint.folder.name}`,
      });
    }
    const reports: TensorReport[] = [];
    const entries = [...checkpoint.tensors.values()];
    const report = (tensor: TensorReport) => {
      reports.push(tensor);
      onTensor?.(tensor, reports.length, names.size);
    };
    const panels: Record<string, PanelLayout> = {};
    const tensors = entries.flatMap((entry) => {
      const rows = names.get(entry.name);
      // A copy of what is quantized would no longer be one.
      if (repeated.has(entry.name)) return [];
      if (rows === undefined) return [copied(entry)];
      if (scheme === 'experts-int8') return quantizedEntries(entry, device, report);
      return expertsOf(entry).flatMap((part) => {
        const [total = 0, columns = 0] = part.entry.shape;
        // An expert that was cut out of a stack is one matrix; others lie in the parts that the model loads them in.
        const layout = { rows: part.entry === entry ? rows : [total], columns };
        panels[part.entry.name] = layout;
        return quantizedEntries(part.entry, device, report, layout);
      });
    });
    const metadata = { ...checkpoint.metadata, quantization: method, ...panelMetadata(panels) };
    const config = { ...checkpoint.config, quantization_config: { quant_method: method } };
    await writeFolder(output, async (folder) => {
      await writeSafetensors(`${folder}/model.safetensors`, tensors, metadata);
      await writeFileAtomically(`${folder}/config.json`, `${JSON.stringify(config, null, 2)}\n`);
      await copyCompanions(checkpoint, folder);
    });
    const bytesBefore = entries.reduce((total, entry) => total + entry.byteLength, 0);
    const saved = reports.reduce((total, tensor) => total + tensor.bytesBefore - tensor.bytesAfter, 0);
    return { tensors: reports, bytesBefore, bytesAfter: bytesBefore - saved };
  } finally {
    await checkpoint.close();
  }
}

/** Names on disk of the matrices that have one of the roles, with the rows of their parts: asked of the architecture itself, on a device without memory. */
async function tensorsWithRole(
  checkpoint: Checkpoint,
  roles: ReadonlySet<MatrixRole>,
): Promise<{ names: Map<string, readonly number[]>; repeated: ReadonlySet<string> }> {
  const names = new Map<string, readonly number[]>();
  const quantize: QuantizeMatrix = (values, role, name, rows) => {
    if (roles.has(role) && values.dtype !== 'i8') names.set(name, rows);
    return undefined;
  };
  const { model, repeatedTensors } = await loadCheckpoint(checkpoint, new PlanningDevice(), { quantize });
  model.dispose();
  return { names, repeated: repeatedTensors };
}

const copied = (entry: TensorEntry): TensorToWrite => ({
  name: entry.name,
  dtype: entry.dtype,
  shape: entry.shape,
  bytes: async () => {
    if (floatTypes.has(entry.dtype)) expectFiniteValues(entry, await readFloats(entry));
    return readTensor(entry);
  },
});

const floatTypes: ReadonlySet<string> = new Set(['F64', 'F32', 'F16', 'BF16']);

function expectFiniteValues({ source, name }: TensorEntry, values: Float32Array): void {
  const place = firstNonFinite(values);
  if (place >= 0) throw nonFiniteError(source.name, name, `at element ${place}`);
}

/** The int8 rows and their scales; whichever is written first quantizes, the other one finds the result. */
function quantizedEntries(
  entry: TensorEntry,
  device: Device,
  report: (tensor: TensorReport) => void,
  layout?: PanelLayout,
): TensorToWrite[] {
  const rowShape = entry.shape.slice(0, -1);
  const shape = layout === undefined ? entry.shape : storedShape(layout);
  let pending: Promise<{ values: Uint8Array; scale: Uint8Array }> | undefined;
  const quantized = async () => {
    pending ??= quantize(entry, device, report, layout);
    return pending;
  };
  let left = 2;
  const taken = <T>(value: T): T => {
    if (--left === 0) pending = undefined;
    return value;
  };
  return [
    { name: entry.name, dtype: 'I8', shape, bytes: async () => taken((await quantized()).values) },
    {
      name: `${entry.name}${scaleSuffix}`,
      dtype: 'F32',
      shape: rowShape,
      bytes: async () => taken((await quantized()).scale),
    },
  ];
}

async function quantize(
  entry: TensorEntry,
  device: Device,
  report: (tensor: TensorReport) => void,
  layout?: PanelLayout,
) {
  const floats = await readFloats(entry);
  expectFiniteValues(entry, floats);
  const columns = entry.shape[entry.shape.length - 1]!;
  const rows = columns === 0 ? 0 : floats.length / columns;
  const { values, scale, stored } = scope(() => {
    const made = quantizeRows(Tensor.from(device, [rows, columns], floats));
    let end = 0;
    const parts = layout?.rows.map((count) => {
      end += count;
      return packPanels(made.values.range(end - count, end));
    });
    return { values: made.values, scale: made.scale, stored: parts && concat(parts, 0) };
  });
  const q = (await values.read()) as Int8Array;
  const scales = Float32Array.from((await scale.read()) as Float32Array);
  const bytes = stored === undefined ? q : ((await stored.read()) as Int8Array);
  for (const tensor of [values, scale, stored]) tensor?.dispose();
  report({
    name: entry.name,
    shape: entry.shape,
    bytesBefore: entry.byteLength,
    bytesAfter: bytes.byteLength + scales.byteLength,
    ...rowErrors(floats, q, scales, columns),
  });
  return { values: bytesOf(bytes), scale: bytesOf(scales) };
}

function rowErrors(weights: Float32Array, q: Int8Array, scales: Float32Array, columns: number) {
  let largestRowError = 0;
  let errors = 0;
  let squares = 0;
  for (let r = 0; r < scales.length; r++) {
    let largest = 0;
    let worst = 0;
    for (let c = r * columns; c < (r + 1) * columns; c++) {
      const error = Math.abs(weights[c]! - q[c]! * scales[r]!);
      largest = Math.max(largest, Math.abs(weights[c]!));
      worst = Math.max(worst, error);
      errors += error ** 2;
      squares += weights[c]! ** 2;
    }
    if (largest > 0) largestRowError = Math.max(largestRowError, worst / largest);
  }
  return { largestRowError, relativeRmsError: squares === 0 ? 0 : Math.sqrt(errors / squares) };
}

const bytesOf = (array: HostArray) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

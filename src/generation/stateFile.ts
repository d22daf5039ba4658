/**
 * States as files: safetensors whose layout does not depend on the device or the pool. Metadata: `format`, `version`,
 * `model` (a fingerprint) and `length` (T, tokens read). Tensors of layer i, all f32: `i.conv` (Di, K), the last K inputs
 * of the convolution, oldest first; `i.ssm` (Di, N); `i.key` and `i.value` (Hkv, T, Dh).
 */
import { bf16ToNumber, type DType, f16ToNumber, type HostArray, numberToBf16, numberToF16 } from '../contract/index.js';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import {
  bytesSource,
  encodeSafetensors,
  readFloats,
  readSafetensors,
  type SafetensorsFile,
  type TensorEntry,
} from '../formats/index.js';
import { firstNonFinite, type LayerStateLayout, type State, type StatePool } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';

const format = 'jambalaya-state';
const version = '1';

/** Positions are i32 on the device. */
const longestState = 2 ** 31 - 1;

/**
 * The bytes of a state as it is now; it may go on while they are made. Values of an f32 pool are kept bit for bit on devices
 * that compute in float32 (`reference` rounds).
 */
export async function encodeState(state: State, fingerprint: string): Promise<Uint8Array<ArrayBuffer>> {
  // A clone: what is read over several turns of the event loop has to be of one moment.
  using frozen = state.clone();
  const { layouts } = frozen.pool;
  const tensors: Parameters<typeof encodeSafetensors>[0][number][] = [];
  for (const [i, layout] of layouts.entries()) {
    const names = tensorNames(i, layout);
    const shapes = tensorShapes(layout, frozen.length);
    const pair = await readLayer(frozen, i, layout);
    pair.forEach((values, j) => {
      tensors.push({ name: names[j]!, dtype: 'F32', shape: shapes[j]!, bytes: new Uint8Array(values.buffer) });
    });
  }
  return encodeSafetensors(tensors, { format, version, model: fingerprint, length: `${frozen.length}` });
}

/**
 * A state in `pool` from the bytes of {@link encodeState}. Bytes are untrusted: everything is checked before anything is
 * made, and what is made has the size of the bytes.
 *
 * @throws `state` with what does not fit: no state file, another version, another model, a missing or misshapen tensor
 */
export async function decodeState(bytes: Uint8Array, pool: StatePool, fingerprint: string): Promise<State> {
  if (!(bytes instanceof Uint8Array)) refuse('its bytes are no Uint8Array');
  const file = await readSafetensors(bytesSource('the saved state', bytes)).catch((error: unknown) => {
    if (!isJambalayaError(error, 'format')) throw error;
    throw new JambalayaError('state', { reason: error.message }, { cause: error });
  });
  const length = checkedLength(file, fingerprint);
  const entries = pool.layouts.map((layout, i) => checkedEntries(file, i, layout, length));
  if (file.tensors.size !== 2 * entries.length) {
    refuse(
      `the model’s ${entries.length} layers have ${2 * entries.length} tensors, the file has ${file.tensors.size}`,
    );
  }
  const state = pool.create();
  try {
    pool.reserve([state], [length]);
    state.advance(length);
    for (const [i, layout] of pool.layouts.entries()) {
      const [first, second] = entries[i]!;
      writeLayer(state, i, layout, await readFinite(first), await readFinite(second));
    }
    return state;
  } catch (error) {
    state.dispose();
    throw error;
  }
}

function refuse(reason: string): never {
  throw new JambalayaError('state', { reason });
}

function checkedLength({ metadata }: SafetensorsFile, fingerprint: string): number {
  if (metadata.format !== format) refuse('these are not the bytes of a saved state');
  if (metadata.version !== version) refuse('it was saved by another version of this program');
  if (metadata.model !== fingerprint) refuse('it was saved with another model');
  const text = metadata.length ?? '';
  if (!/^(0|[1-9]\d{0,9})$/.test(text) || Number(text) > longestState) refuse('its length is not a number of tokens');
  return Number(text);
}

const tensorNames = (i: number, { kind }: LayerStateLayout) =>
  kind === 'mamba' ? ([`${i}.conv`, `${i}.ssm`] as const) : ([`${i}.key`, `${i}.value`] as const);

function tensorShapes(layout: LayerStateLayout, length: number): readonly [readonly number[], readonly number[]] {
  if (layout.kind === 'attention') {
    const shape = [layout.kvHeads, length, layout.headSize];
    return [shape, shape];
  }
  return [
    [layout.inner, layout.width],
    [layout.inner, layout.stateSize],
  ];
}

function checkedEntries(
  { tensors }: SafetensorsFile,
  i: number,
  layout: LayerStateLayout,
  length: number,
): readonly [TensorEntry, TensorEntry] {
  const names = tensorNames(i, layout);
  const shapes = tensorShapes(layout, length);
  const checked = (j: 0 | 1) => {
    const entry = tensors.get(names[j]) ?? refuse(`it has no tensor ${names[j]}`);
    const expected = `F32 (${shapes[j].join(', ')})`;
    const found = `${entry.dtype} (${entry.shape.join(', ')})`;
    if (found !== expected) refuse(`tensor ${names[j]} is ${found}, not ${expected}`);
    return entry;
  };
  return [checked(0), checked(1)];
}

async function readFinite(entry: TensorEntry): Promise<Float32Array> {
  const values = await readFloats(entry);
  if (firstNonFinite(values) >= 0) refuse(`tensor ${entry.name} holds NaN or an infinity`);
  return values;
}

/** Both tensors of a layer in the layout of the file. */
async function readLayer(state: State, i: number, layout: LayerStateLayout): Promise<[Float32Array, Float32Array]> {
  const parts = state.parts(i);
  const read: Float32Array[][] = [[], []];
  try {
    for (const pair of parts) for (const [j, view] of pair.entries()) read[j]!.push(await readWide(view));
  } finally {
    for (const view of parts.flat()) view.dispose();
  }
  const [first, second] = [concatenated(read[0]!), concatenated(read[1]!)];
  if (layout.kind === 'mamba') return [transposed(first, layout.width, 1), transposed(second, layout.stateSize, 1)];
  return [transposed(first, state.length, layout.headSize), transposed(second, state.length, layout.headSize)];
}

/** Writes both tensors of a layer, given in the layout of the file. */
function writeLayer(
  state: State,
  i: number,
  layout: LayerStateLayout,
  first: Float32Array,
  second: Float32Array,
): void {
  // A transposition is undone by one that starts from the other axis.
  const [outer, inner] = layout.kind === 'mamba' ? [layout.inner, 1] : [layout.kvHeads, layout.headSize];
  const rows = [transposed(first, outer, inner), transposed(second, outer, inner)] as const;
  if (layout.kind === 'mamba') {
    state.write(i, [[rows[0]!, rows[1]!]]);
    return;
  }
  const { pageTokens, kvDType } = state.pool;
  const pageSize = pageTokens * layout.kvHeads * layout.headSize;
  const pages = Array.from({ length: Math.ceil(rows[0]!.length / pageSize) }, (_, page) => {
    const part = (j: 0 | 1) => narrowed(rows[j]!.subarray(page * pageSize, (page + 1) * pageSize), kvDType);
    return [part(0), part(1)] as const;
  });
  state.write(i, pages);
}

/** (rows, columns, inner) to (columns, rows, inner); the columns follow from the number of values. */
function transposed(values: Float32Array, rows: number, inner: number): Float32Array {
  const result = new Float32Array(values.length);
  const columns = rows === 0 ? 0 : values.length / (rows * inner);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * inner;
      const to = (column * rows + row) * inner;
      for (let k = 0; k < inner; k++) result[to + k] = values[from + k]!;
    }
  }
  return result;
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function readWide(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.read();
  if (tensor.dtype === 'bf16') return Float32Array.from(values, bf16ToNumber);
  if (tensor.dtype === 'f16') return Float32Array.from(values, f16ToNumber);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function narrowed(values: Float32Array, dtype: DType): HostArray {
  if (dtype === 'bf16') return Uint16Array.from(values, numberToBf16);
  if (dtype === 'f16') return Uint16Array.from(values, numberToF16);
  return values;
}

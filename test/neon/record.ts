/**
 * The parity cases as bytes, for a program without JavaScript: the buffers of each case, the words of its command, and
 * what the reference device makes of it. `parity.cpp` reads them. All numbers are little-endian; a string is its length
 * in bytes (u32) and its UTF-8.
 *
 *     file      cases u32, case·cases
 *     case      title string, buffers u32, buffer·buffers, words u32, i32·words, results u32, result·results
 *     buffer    dtype u32, length u32, elements                                (the first has handle 1)
 *     result    name string, handle u32, bound f64, length u32, f64·length     (16-bit floats by their bits)
 */
import {
  type DType,
  dtypeCodes,
  encodeCommand,
  type HostArray,
  type OpArguments,
  type OpName,
  type OpSchema,
  opNames,
  ops,
  type Ref,
} from '../../src/contract/index.js';
import { ReferenceDevice } from '../../src/devices/index.js';
import { cases } from '../parity/cases.js';
import { type Operand, type ParityCase, runCase, tolerances } from '../parity/harness.js';

/** Appends numbers, strings and arrays to one growing buffer. */
class Bytes {
  private view = new DataView(new ArrayBuffer(1 << 20));
  private length = 0;

  u32(value: number): void {
    this.room(4);
    this.view.setUint32(this.length - 4, value, true);
  }
  f64(value: number): void {
    this.room(8);
    this.view.setFloat64(this.length - 8, value, true);
  }
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u32(bytes.length);
    this.array(bytes);
  }
  array(values: HostArray | Uint8Array): void {
    this.room(values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.view.buffer).set(bytes, this.length - values.byteLength);
  }
  all(): Uint8Array {
    return new Uint8Array(this.view.buffer, 0, this.length);
  }

  private room(bytes: number): void {
    this.length += bytes;
    if (this.length <= this.view.byteLength) return;
    const larger = new Uint8Array(2 * this.length);
    larger.set(new Uint8Array(this.view.buffer));
    this.view = new DataView(larger.buffer);
  }
}

/** What an output holds before it is written: a value that no kernel makes. */
function unwritten(dtype: DType, length: number): Operand {
  if (dtype === 'f32') return { dtype, data: new Float32Array(length).fill(Number.NaN) };
  if (dtype === 'i32') return { dtype, data: new Int32Array(length).fill(0x7abcdef0) };
  if (dtype === 'i8') return { dtype, data: new Int8Array(length).fill(-128) };
  return { dtype, data: new Uint16Array(length).fill(dtype === 'bf16' ? 0x7fc0 : 0x7e00) };
}

async function recordCase(bytes: Bytes, reference: ReferenceDevice, op: OpName, test: ParityCase): Promise<void> {
  const schema: OpSchema = ops[op];
  const buffers: Operand[] = [];
  const handles = new Map<string, number>();
  const args: Record<string, unknown> = { ...test.numbers };
  const place = (operand: Operand, name: string): Ref => {
    handles.set(name, buffers.push(operand));
    return { handle: buffers.length, offset: 0 };
  };
  for (const [name, value] of Object.entries(test.inputs)) {
    args[name] = Array.isArray(value)
      ? value.map((operand: Operand, i) => place(operand, `${name}[${i}]`))
      : place(value as Operand, name);
  }
  for (const [name, value] of Object.entries(test.outputs)) {
    const made = ({ dtype, length }: { dtype: DType; length: number }) => unwritten(dtype, length);
    args[name] = Array.isArray(value)
      ? value.map((output, i) => place(made(output), `${name}[${i}]`))
      : place(made(value as { dtype: DType; length: number }), name);
  }
  const words = encodeCommand(op, args as unknown as OpArguments<OpName>);
  const results = [...(await runCase(reference, op, test))].filter(([name]) => !test.ignored?.includes(name));

  bytes.text(`${op}: ${test.title}`);
  bytes.u32(buffers.length);
  for (const { dtype, data } of buffers) {
    bytes.u32(dtypeCodes[dtype]);
    bytes.u32(data.length);
    bytes.array(data instanceof Float64Array ? Float32Array.from(data) : data);
  }
  bytes.u32(words.length);
  bytes.array(words);
  bytes.u32(results.length);
  for (const [name, values] of results) {
    const inPlaceList = schema.tensors[name] === undefined && !handles.has(name);
    if (inPlaceList) throw new Error(`${op}: ${name} has no buffer of its own`);
    bytes.text(name);
    bytes.u32(handles.get(name)!);
    bytes.f64(test.tolerance ?? (values instanceof Float64Array ? tolerances.f32 : 0));
    bytes.u32(values.length);
    bytes.array(Float64Array.from(values));
  }
}

/** Every case of `names`, or of all ops. */
export async function recordCases(names: readonly string[] = opNames): Promise<Uint8Array> {
  const chosen = opNames
    .filter((name) => names.includes(name))
    .flatMap((op) => cases[op].map((test) => ({ op, test })));
  const bytes = new Bytes();
  const reference = new ReferenceDevice();
  bytes.u32(chosen.length);
  for (const { op, test } of chosen) await recordCase(bytes, reference, op, test);
  return bytes.all();
}

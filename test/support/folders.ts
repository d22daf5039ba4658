/** Temporary folders, and copies of model folders with something changed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const shakespeare = fileURLToPath(new URL('../../models/char-shakespeare', import.meta.url));
/** The small chat model that ships. */
export const nano = fileURLToPath(new URL('../../models/nano', import.meta.url));
export const golden = (set: string) => fileURLToPath(new URL(`../fixtures/golden/${set}`, import.meta.url));

/** A folder that is deleted when it is disposed of. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'jambalaya-e2e-'));

  file(name: string): string {
    return join(this.path, name);
  }

  /** A copy of a model folder inside this one. */
  copyOf(folder: string, name: string): string {
    const copy = this.file(name);
    cpSync(folder, copy, { recursive: true });
    return copy;
  }

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

export function editJson(file: string, edit: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  edit(value);
  writeFileSync(file, JSON.stringify(value));
}

export interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A safetensors file, read without our own reader. */
export class RawSafetensors {
  readonly header: Readonly<Record<string, HeaderEntry>>;
  readonly data: Buffer;

  constructor(file: string) {
    const bytes = readFileSync(file);
    const headerBytes = Number(bytes.readBigUInt64LE(0));
    this.header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<string, HeaderEntry>;
    this.data = bytes.subarray(8 + headerBytes);
  }

  get names(): string[] {
    return Object.keys(this.header).filter((name) => name !== '__metadata__');
  }

  entry(name: string): HeaderEntry {
    const entry = this.header[name];
    if (entry === undefined) throw new Error(`no tensor ${name}`);
    return entry;
  }

  /** An F32 tensor. */
  floats(name: string): Float32Array {
    return new Float32Array(this.bytes(name, 'F32').buffer);
  }

  /** An I64 or I8 tensor. */
  integers(name: string): number[] {
    const wide = this.entry(name).dtype === 'I64';
    const { buffer } = this.bytes(name, wide ? 'I64' : 'I8');
    return wide ? Array.from(new BigInt64Array(buffer), Number) : Array.from(new Int8Array(buffer));
  }

  private bytes(name: string, dtype: string): Uint8Array<ArrayBuffer> {
    const entry = this.entry(name);
    if (entry.dtype !== dtype) throw new Error(`${name} is ${entry.dtype}, not ${dtype}`);
    return Uint8Array.from(this.data.subarray(...entry.data_offsets));
  }
}

/** A file of a golden set; see test/fixtures/golden/README.md. */
export const goldenTensors = (set: string, file = 'golden.safetensors') => new RawSafetensors(join(golden(set), file));

/** Writes a safetensors file anew with a changed header, and `more` after the data. */
export function editSafetensors(
  file: string,
  edit: (header: Record<string, HeaderEntry>, dataBytes: number) => void,
  more: Uint8Array = new Uint8Array(),
): void {
  const { header, data } = new RawSafetensors(file);
  edit(header, data.length);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, data, more]));
}

/** Adds a tensor of four f32 zeros. */
export function addTensor(file: string, name: string): void {
  const add = (header: Record<string, HeaderEntry>, end: number) => {
    header[name] = { dtype: 'F32', shape: [4], data_offsets: [end, end + 16] };
  };
  editSafetensors(file, add, new Uint8Array(16));
}

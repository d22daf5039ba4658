/**
 * States of prompts on disk, for a process that comes after this one. One file each, under a name made of what it holds:
 * written elsewhere and renamed, so that a killed process leaves whole files or none; a checksum over all of it, so that a
 * damaged one is dropped and never used. The folder is of one model, one way of holding its weights, one device and
 * instruction set: whatever changes bits.
 */
import type { StateFiles } from '#runtime/host';
import { decodeState, encodeState, PrefixTree } from '../generation/index.js';
import type { State, StatePool } from '../nn/index.js';

interface StoredState {
  readonly name: string;
  readonly bytes: number;
}

/** What stands before the ids and the state of a file. */
interface Header {
  readonly format: typeof format;
  readonly salt: string;
  readonly tokens: number;
  /** SHA-256 of salt, ids and state. */
  readonly checksum: string;
}

const format = 'jambalaya-prefix-1';
const headerBytes = 1024;
const suffix = '.prefix';

export class StateStore {
  private readonly trees = new Map<string, PrefixTree<StoredState>>();
  /** By name, the longest unused first. */
  private readonly stored = new Map<
    string,
    { readonly salt: string; readonly ids: readonly number[]; bytes: number }
  >();
  private writing: Promise<void> = Promise.resolve();
  private bytes = 0;

  private constructor(
    private readonly files: StateFiles,
    private readonly pool: StatePool,
    private readonly fingerprint: string,
    private readonly budgetBytes: number,
  ) {}

  /** Finds what an earlier process left. Only heads and ids are read. */
  static async open(files: StateFiles, pool: StatePool, fingerprint: string, budgetBytes: number): Promise<StateStore> {
    const store = new StateStore(files, pool, fingerprint, budgetBytes);
    for (const name of await files.list()) {
      if (!name.endsWith(suffix)) continue;
      const head = await files.read(name, 0, headerBytes);
      const header = head && parseHeader(head);
      const idBytes = header && (await files.read(name, headerBytes, 4 * header.tokens));
      if (header === undefined || idBytes?.length !== 4 * header.tokens) await files.remove(name);
      else store.add(name, header.salt, idsOf(idBytes), await files.size(name));
    }
    return store;
  }

  /**
   * The furthest state of a prompt that goes beyond `known` tokens; its caller disposes of it. A file that is damaged is
   * deleted, and the next best one is tried.
   */
  async restore(
    salt: string,
    ids: readonly number[],
    known: number,
  ): Promise<{ readonly ids: readonly number[]; readonly state: State } | undefined> {
    for (;;) {
      const last = ids.length - 1;
      const path = this.trees.get(salt)?.match(ids).path ?? [];
      const node = path.findLast(({ value, length }) => value !== undefined && length > known && length <= last);
      if (node?.value === undefined) return undefined;
      const { name } = node.value;
      const state = await this.load(name, salt, ids.slice(0, node.length));
      if (state === undefined) {
        await this.remove(name);
        continue;
      }
      const entry = this.stored.get(name)!;
      this.stored.delete(name);
      this.stored.set(name, entry);
      return { ids: ids.slice(0, node.length), state };
    }
  }

  /** Writes a state that has read exactly `ids`; it may go on or be disposed of at once. */
  save(salt: string, ids: readonly number[], state: State): void {
    if (
      this.trees
        .get(salt)
        ?.match(ids)
        .path.some(({ value, length }) => value !== undefined && length === ids.length)
    )
      return;
    const encoded = encodeState(state, this.fingerprint);
    // One after the other, and none fails a request: without it the next process reads the prompt again.
    this.writing = this.writing.then(async () => this.write(salt, ids, await encoded)).catch(() => {});
    encoded.catch(() => {});
  }

  /** Resolves when all that was to be saved is on disk. */
  idle(): Promise<void> {
    return this.writing;
  }

  private async write(salt: string, ids: readonly number[], state: Uint8Array): Promise<void> {
    const idBytes = new Uint8Array(Int32Array.from(ids).buffer);
    const checksum = await checksumOf(salt, idBytes, state);
    const header: Header = { format, salt, tokens: ids.length, checksum };
    const head = new TextEncoder().encode(JSON.stringify(header).padEnd(headerBytes, ' '));
    if (head.length !== headerBytes) return;
    const whole = new Uint8Array(headerBytes + idBytes.length + state.length);
    whole.set(head);
    whole.set(idBytes, headerBytes);
    whole.set(state, headerBytes + idBytes.length);
    if (whole.length > this.budgetBytes) return;
    const name = `${checksum.slice(0, 32)}${suffix}`;
    await this.files.write(name, whole);
    this.add(name, salt, ids, whole.length);
    while (this.bytes > this.budgetBytes) await this.remove(this.stored.keys().next().value!);
  }

  private async load(name: string, salt: string, ids: readonly number[]): Promise<State | undefined> {
    const whole = await this.files.read(name);
    const header = whole && parseHeader(whole);
    if (whole === undefined || header === undefined) return undefined;
    const idBytes = whole.slice(headerBytes, headerBytes + 4 * ids.length);
    const bytes = whole.subarray(headerBytes + 4 * ids.length);
    if (header.tokens !== ids.length || (await checksumOf(salt, idBytes, bytes)) !== header.checksum) return undefined;
    if (idsOf(idBytes).some((id, i) => id !== ids[i])) return undefined;
    const state = await decodeState(bytes, this.pool, this.fingerprint).catch(() => undefined);
    if (state === undefined || state.length === ids.length) return state;
    state.dispose();
    return undefined;
  }

  private add(name: string, salt: string, ids: readonly number[], bytes: number): void {
    const tree = this.trees.get(salt) ?? new PrefixTree<StoredState>();
    this.trees.set(salt, tree);
    tree.node(ids).value = { name, bytes };
    this.stored.set(name, { salt, ids, bytes });
    this.bytes += bytes;
  }

  private async remove(name: string): Promise<void> {
    const entry = this.stored.get(name);
    if (entry !== undefined) {
      const tree = this.trees.get(entry.salt)!;
      tree.remove(tree.node(entry.ids));
      this.stored.delete(name);
      this.bytes -= entry.bytes;
    }
    await this.files.remove(name);
  }
}

const idsOf = (bytes: Uint8Array): number[] => [...new Int32Array(bytes.slice().buffer)];

function parseHeader(bytes: Uint8Array): Header | undefined {
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, headerBytes))) as Partial<Header>;
    const { tokens, salt, checksum } = header;
    const valid = header.format === format && Number.isSafeInteger(tokens) && tokens! > 0 && tokens! < 2 ** 24;
    return valid && typeof salt === 'string' && typeof checksum === 'string' ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

async function checksumOf(salt: string, ids: Uint8Array, state: Uint8Array): Promise<string> {
  const salted = new TextEncoder().encode(JSON.stringify(salt));
  const whole = new Uint8Array(salted.length + ids.length + state.length);
  whole.set(salted);
  whole.set(ids, salted.length);
  whole.set(state, salted.length + ids.length);
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', whole));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

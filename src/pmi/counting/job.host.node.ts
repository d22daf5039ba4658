/** What a count leaves in its folder while it runs, so that it can go on after it was killed at any moment. */
import { mkdir, open, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { JambalayaError } from '../../errors/index.js';
import { fileError, writeFileAtomically } from '../../formats/index.js';
import type { Normalisation } from '../words.js';
import type { CountPlan } from './plan.js';
import type { SourceFile } from './texts.host.node.js';

/** Everything that the counts follow from. */
export interface JobKey {
  readonly version: 1;
  readonly files: readonly SourceFile[];
  readonly normalisation: Normalisation;
  readonly minCount: number;
  readonly minDocuments: number;
  readonly separator: string | null;
  readonly field: string;
}

export type JobState = { readonly key: JobKey } & (
  | {
      readonly phase: 'words';
      readonly file: number;
      readonly offset: number;
      readonly ids: number;
      readonly words: number;
      readonly arena: number;
    }
  | {
      readonly phase: 'sort';
      readonly ids: number;
      readonly words: number;
      readonly arena: number;
      readonly plan: CountPlan;
    }
  | {
      readonly phase: 'merge';
      readonly ids: number;
      readonly words: number;
      readonly arena: number;
      readonly plan: CountPlan;
      readonly bucket: number;
      /** Rows of 2-grams … 5-grams that are written. */
      readonly rows: readonly number[];
    }
);

export type PhaseState<P extends JobState['phase']> = Extract<JobState, { phase: P }>;

const stateName = 'counting.json';

/** The folder of a count: files by name, appended to, cut, and removed at its end. */
export class JobFolder {
  constructor(readonly path: string) {}

  static async open(path: string): Promise<JobFolder> {
    await mkdir(join(path, 'runs'), { recursive: true }).catch((error: unknown) => {
      throw fileError(path, 'write', error);
    });
    return new JobFolder(path);
  }

  place(name: string): string {
    return join(this.path, name);
  }

  async readState(): Promise<JobState | undefined> {
    const text = await readFile(this.place(stateName), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as JobState;
    } catch (cause) {
      throw new JambalayaError(
        'format',
        { file: this.place(stateName), expected: 'the state of a count', found: 'something else' },
        { hint: 'Remove the folder, or count into another one.', cause },
      );
    }
  }

  async writeState(state: JobState): Promise<void> {
    await writeFileAtomically(this.place(stateName), `${JSON.stringify(state)}\n`);
  }

  async size(name: string): Promise<number | undefined> {
    return stat(this.place(name)).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  /** Cuts a file to the length that is known to be whole; it is made if there is none. */
  async cut(name: string, bytes: number): Promise<void> {
    const path = this.place(name);
    await (await open(path, 'a')).close();
    const { size } = await stat(path);
    if (size < bytes) {
      throw new JambalayaError(
        'format',
        { file: path, expected: `at least ${bytes} bytes`, found: `${size}` },
        { hint: 'The file was cut short: remove the folder and count again.' },
      );
    }
    await truncate(path, bytes);
  }

  async remove(name: string): Promise<void> {
    await rm(this.place(name), { recursive: true, force: true });
  }

  async finish(): Promise<void> {
    for (const name of ['runs', 'ids', 'arena', 'offsets', stateName]) await this.remove(name);
  }
}

/** A file that grows at its end. */
export class Appended {
  private constructor(
    private readonly path: string,
    private readonly handle: Awaited<ReturnType<typeof open>>,
  ) {}

  static async open(path: string): Promise<Appended> {
    try {
      return new Appended(path, await open(path, 'a'));
    } catch (error) {
      throw fileError(path, 'write', error);
    }
  }

  async append(array: Uint8Array | Uint32Array): Promise<void> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    try {
      for (let at = 0; at < bytes.length; ) at += (await this.handle.write(bytes, at)).bytesWritten;
    } catch (error) {
      throw fileError(this.path, 'write', error, goesOn);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

export const goesOn = 'What was counted is kept: make room, and give the same command again.';

/** Fills an array from a place of a file; everything has to be there. */
export async function readInto(path: string, array: Uint8Array | Uint32Array, position: number): Promise<void> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw fileError(path, 'read', error);
  });
  try {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, position + at);
      if (bytesRead === 0) {
        throw new JambalayaError(
          'format',
          { file: path, expected: `at least ${position + bytes.length} bytes`, found: `${position + at}` },
          { hint: 'The file was cut short: remove it, and give the same command again.' },
        );
      }
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

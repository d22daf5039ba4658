import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { batchOf, CountingStream, tinyConfig, weightsOf } from '../../test/support/training.js';
import { openDevice } from '../devices/index.js';
import { isJambalayaError, JambalayaError } from '../errors/index.js';
import { type JsonObject, openCheckpoint, openFolder } from '../formats/index.js';
import { buildModel, loadCheckpoint } from '../models/index.js';
import { ignoredLabel } from '../nn/index.js';
import {
  Bf16Weights,
  causal,
  InitialWeights,
  openRunFolder,
  parseRecipe,
  type RunFolder,
  type RunOptions,
  runTraining,
} from './index.js';

const device = await openDevice();
afterAll(() => device.dispose());
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  expect(device.memory.bytes).toBe(0);
});

async function newFolder(): Promise<string> {
  folders.push(await mkdtemp(join(tmpdir(), 'jambalaya-run-')));
  return folders.at(-1)!;
}

/** What a test has begun within another run. */
const waiting: Promise<unknown>[] = [];

const heldOut = batchOf([8, 5], 3);

const baseRecipe: JsonObject = {
  steps: 6,
  batch: { tokens: 8, sequences: 2 },
  optimizer: { learningRate: 0.02 },
  schedule: { shape: 'constant', warmup: 2 },
  dropout: 0.1,
  average: 0.9,
  heldOut: { every: 2, keepBest: true },
  checkpoints: { every: 2, keep: 2 },
  log: { every: 1 },
};

async function train(path: string, change: JsonObject = {}, options: Partial<RunOptions> = {}) {
  const recipe = parseRecipe({ ...baseRecipe, ...change }, 'recipe.json');
  const initial = new InitialWeights(device, { seed: recipe.seed });
  const rounded = recipe.precision === 'bf16' ? new Bf16Weights(initial) : undefined;
  using model = await buildModel(tinyConfig, 'recipe.json', rounded ?? initial);
  const notes: string[] = [];
  const summary = await runTraining({
    recipe,
    model,
    rounded,
    data: { stream: new CountingStream([8, 8]), heldOut: [heldOut] },
    folder: await openRunFolder(path),
    resume: false,
    config: tinyConfig,
    companions: new Map([['tokenizer.json', '{}']]),
    onNote: (note) => notes.push(note),
    ...options,
  });
  return { summary, notes, weights: await weightsOf(model.parameters) };
}

const recordsOf = async (path: string) =>
  (await readFile(join(path, 'log.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => {
      // Times differ from run to run.
      const {
        tokensPerSecond: _,
        flopsPerSecond: __,
        seconds: ___,
        ...record
      } = JSON.parse(line) as Record<string, unknown>;
      return record;
    });

const checkpointsOf = async (path: string) => (await readdir(join(path, 'checkpoints'))).sort();
const named = (...steps: number[]) => steps.map((step) => `step-0000000${step}.safetensors`);

const failureOf = async (run: Promise<unknown>): Promise<JambalayaError> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isJambalayaError(error)) throw new Error(`not refused: ${error}`);
  return error;
};

/** Stops after `steps` steps, as Ctrl-C does. */
function stopAfter(steps: number): Partial<RunOptions> {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    onStep: ({ step }) => {
      if (step === steps) controller.abort();
    },
  };
}

describe('runTraining', () => {
  it('writes a model folder, a log and checkpoints', async () => {
    const path = await newFolder();
    const { summary, weights } = await train(path);
    expect(summary).toMatchObject({ steps: 6, tokens: 96 });
    expect((await readdir(path)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'log.jsonl',
      'model.safetensors',
      'tokenizer.json',
    ]);
    expect(await checkpointsOf(path)).toEqual(named(4, 6));
    const records = await recordsOf(path);
    expect(records.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(records.map(({ learningRate }) => learningRate)).toEqual([0.01, 0.02, 0.02, 0.02, 0.02, 0.02]);
    const measured = records.flatMap(({ heldoutBitsPerByte }) => heldoutBitsPerByte ?? []);
    expect(measured).toHaveLength(3);
    expect(summary.heldoutBitsPerByte).toBe(Math.min(...(measured as number[])));
    const checkpoint = await openCheckpoint(await openFolder(path));
    const { model } = await loadCheckpoint(checkpoint, device, { strict: true });
    expect(await weightsOf(model.parameters)).toEqual(weights);
    model.dispose();
    await checkpoint.close();
  });

  it.each(['f32', 'bf16'])('continues from any stop to the same weights and the same log: %s', async (precision) => {
    const whole = await newFolder();
    const { weights } = await train(whole, { precision });
    for (const stops of [[1], [3], [2, 5]]) {
      const path = await newFolder();
      for (const steps of stops) {
        const error = await failureOf(train(path, { precision }, { ...stopAfter(steps), resume: true }));
        expect(error.code).toBe('aborted');
        expect(error.message).toBe(`training at step ${steps} of 6 was stopped`);
      }
      const rest = await train(path, { precision }, { resume: true });
      expect(rest.notes).toEqual([`continuing at step ${stops.at(-1)}`]);
      expect(rest.weights).toEqual(weights);
      expect(await recordsOf(path)).toEqual(await recordsOf(whole));
    }
  });

  it('what was logged after the checkpoint is logged once', async () => {
    const path = await newFolder();
    await train(path);
    const records = await recordsOf(path);
    await rm(join(path, 'checkpoints', named(6)[0]!));
    expect((await train(path, {}, { resume: true })).notes).toEqual(['continuing at step 4']);
    expect(await recordsOf(path)).toEqual(records);
  });

  it('the result is what measured best, and measuring changes nothing', async () => {
    const path = await newFolder();
    // A rate at which things get worse in the end.
    const wild = { optimizer: { learningRate: 0.3 }, schedule: { shape: 'constant', warmup: 6 }, average: 0 };
    const { summary } = await train(path, wild);
    expect(summary.weightsOfStep).toBeLessThan(6);
    const checkpoint = await openCheckpoint(await openFolder(path));
    const { model } = await loadCheckpoint(checkpoint, device);
    await checkpoint.close();
    expect(await causal.measure(model, [heldOut])).toBe(summary.heldoutBitsPerByte);
    model.dispose();
    const often = await train(await newFolder(), { heldOut: { every: 1 } });
    const once = await train(await newFolder(), { heldOut: { every: 0 } });
    expect(often.weights).toEqual(once.weights);
  });

  it('begins at step 0 where there is nothing to continue, and ends at once where all is done', async () => {
    const path = await newFolder();
    const first = await train(path, {}, { resume: true });
    expect(first.notes).toEqual(['no checkpoint yet: beginning at step 0']);
    const again = await train(path, {}, { resume: true });
    expect(again.weights).toEqual(first.weights);
    expect(again.summary.tokens).toBe(96);
  });

  it.each([
    ['half written', (file: string) => truncate(file, 1000)],
    [
      'with a changed bit',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 3]! ^= 4;
        await writeFile(file, bytes);
      },
    ],
    ['empty', (file: string) => truncate(file, 0)],
  ])('passes over a checkpoint that is %s, and says so', async (_, damage) => {
    const path = await newFolder();
    const { weights } = await train(path);
    await damage(join(path, 'checkpoints', named(6)[0]!));
    const again = await train(path, {}, { resume: true });
    expect(again.notes[0]).toMatch(
      /^the checkpoint of step 6 is damaged and passed over: .*step-00000006\.safetensors/,
    );
    expect(again.notes[1]).toBe('continuing at step 4');
    expect(again.weights).toEqual(weights);
    expect(await checkpointsOf(path)).toEqual(named(4, 6));
  });

  it('says so where no checkpoint is whole', async () => {
    const path = await newFolder();
    await train(path);
    for (const name of await checkpointsOf(path)) await truncate(join(path, 'checkpoints', name), 99);
    const error = await failureOf(train(path, {}, { resume: true }));
    expect(error.message).toContain('no checkpoint');
    expect(error.hint).toContain('without --resume');
  });

  it('refuses to begin over another run’s checkpoints, and to continue one of another recipe', async () => {
    const path = await newFolder();
    await train(path);
    const over = await failureOf(train(path));
    expect(over.code).toBe('usage');
    expect(over.hint).toContain('--resume');
    for (const [change, key] of [
      [{ seed: 2 }, 'seed'],
      [{ batch: { tokens: 9 } }, 'batch'],
    ] as const) {
      const error = await failureOf(train(path, change, { resume: true }));
      expect(error.code).toBe('state');
      expect(error.message).toContain(`begun with another ${key}`);
    }
  });

  it('a full disk is said so, and what was written before is whole', async () => {
    const path = await newFolder();
    const folder = await openRunFolder(path);
    const full: RunFolder = {
      ...folder,
      writeCheckpoint: async (step, ...rest) => {
        if (step <= 2) return folder.writeCheckpoint(step, ...rest);
        throw new JambalayaError('file', { file: path, operation: 'write', reason: 'no space left on the disk' });
      },
    };
    const error = await failureOf(train(path, {}, { folder: full }));
    expect(error.message).toBe(`${path}: cannot write: no space left on the disk`);
    expect(error.hint).toBe('the checkpoint of step 2 is whole: make room, and continue with --resume');
    const { weights } = await train(await newFolder());
    expect((await train(path, {}, { resume: true })).weights).toEqual(weights);
  });

  it('clears away what a killed run had half written', async () => {
    const path = await newFolder();
    await train(path);
    const left = join(path, 'checkpoints', '.step-00000008.safetensors.0123456789ab.partial');
    await writeFile(left, 'half');
    await (await openRunFolder(path)).lock().then((lock) => lock.release());
    expect(await checkpointsOf(path)).toEqual(named(4, 6));
  });

  it.each([
    ['the step', '\\"step\\":6', '\\"step\\":4'],
    ['the place in the data', '\\"batches\\":6', '\\"batches\\":7'],
    ['the name of a field', '\\"tokens\\":96', '\\"tokenz\\":96'],
    ['the best measurement', '\\"bitsPerByte\\":', '\\"bitsPerBits\\":'],
    ['the name of the checksum', 'jambalaya_training_checksum', 'jambalaya_training_checksun'],
  ])('passes over a checkpoint in whose metadata %s was changed', async (_, from, to) => {
    const path = await newFolder();
    const { weights } = await train(path);
    const file = join(path, 'checkpoints', named(6)[0]!);
    const text = await readFile(file, 'latin1');
    expect(text).toContain(from);
    // The header keeps its length.
    const changed = text.replace(from, to.slice(0, from.length).padEnd(from.length, 's'));
    await writeFile(file, changed, 'latin1');
    const again = await train(path, {}, { resume: true });
    expect(again.notes[0]).toMatch(/^the checkpoint of step 6 is damaged and passed over/);
    expect(again.notes[1]).toBe('continuing at step 4');
    expect(again.weights).toEqual(weights);
  });

  it('keeps a second run out of its folder, and lets it in when it is through', async () => {
    const path = await newFolder();
    const second: JambalayaError[] = [];
    const { weights } = await train(
      path,
      {},
      {
        onRecord: ({ step }) => {
          if (step !== 3) return;
          waiting.push(failureOf(train(path, {}, { resume: true })).then((error) => second.push(error)));
        },
      },
    );
    await Promise.all(waiting.splice(0));
    expect(second).toMatchObject([{ code: 'file', message: expect.stringContaining(`process ${process.pid}`) }]);
    expect((await train(path, {}, { resume: true })).weights).toEqual(weights);
  });

  it.each([false, true])('refuses the folder of another model, resume: %s', async (resume) => {
    const path = await newFolder();
    await writeFile(join(path, 'model.safetensors'), 'precious');
    const error = await failureOf(train(path, {}, { resume }));
    expect(error.message).toBe(`out: expected a folder without a model, got model.safetensors in ${path}`);
    expect(await readFile(join(path, 'model.safetensors'), 'utf8')).toBe('precious');
  });

  it('says so when a step learns nothing', async () => {
    const { labels, ...batch } = heldOut;
    const silent = { ...batch, labels: labels.map(() => ignoredLabel), countedLabels: 0, bytes: 0 };
    const stream = new CountingStream([8, 8]);
    const next = stream.next.bind(stream);
    let batches = 0;
    stream.next = () => (++batches < 4 ? next() : silent);
    const { notes } = await train(await newFolder(), {}, { data: { stream, heldOut: [] } });
    expect(notes).toEqual(['step 4 learns nothing: no token of its batch counts']);
  });
});

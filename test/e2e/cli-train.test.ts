/** `jambalaya train` as a process: what it prints and leaves behind, killed at any moment, stopped, continued. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CliOptions,
  jambalaya,
  jambalayaError,
  jambalayaJson,
  main,
  plainEnvironment,
  root,
} from '../support/cli.js';
import { tinyRecipeModel } from '../support/training.js';

let folder: string;
let options: CliOptions;

const recipe = {
  steps: 24,
  model: tinyRecipeModel,
  data: {
    tokenizer: join(root, 'recipes/data/shakespeare-tokenizer.json'),
    heldOutTokens: 200,
    sources: [
      {
        name: 'text',
        files: [join(root, 'recipes/data/shakespeare-heldout.jsonl.gz')],
        heldOut: 0.2,
      },
    ],
  },
  batch: { tokens: 64, sequences: 2 },
  optimizer: { learningRate: 0.01 },
  dropout: 0.1,
  average: 0.9,
  heldOut: { every: 8, keepBest: true },
  checkpoints: { every: 5 },
  log: { every: 2 },
};

async function recipeFile(name: string, change: object = {}): Promise<string> {
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ ...recipe, ...change }));
  return file;
}

const linesOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, number>);

const weightsOf = async (out: string) => (await readFile(join(out, 'model.safetensors'))).toString('base64');

/** Runs `train` and sends the signal once a line of the step is printed; gives how the process ended. */
function interrupted(args: readonly string[], step: number, signal: NodeJS.Signals) {
  return new Promise<{ code: number | NodeJS.Signals; stderr: string; stdout: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'train', ...args, '--json'], {
      cwd: root,
      env: { ...plainEnvironment(), ...options.env },
      timeout: 60_000,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes(`"step":${step},`)) child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, ended) => resolve({ code: code ?? ended!, stdout, stderr }));
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jambalaya-train-'));
  options = { env: { XDG_CACHE_HOME: join(folder, 'cache'), JAMBALAYA_THREADS: '2' } };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('jambalaya train', () => {
  let whole: string;
  let lines: Record<string, number>[];

  it('prints a line for each step that is logged, and leaves a model folder', async () => {
    whole = join(folder, 'whole');
    const report = join(folder, 'report.html');
    const result = await jambalaya(
      ['train', await recipeFile('plain'), '--out', whole, '--json', '--report', report],
      options,
    );
    expect(result).toMatchObject({ code: 0, stderr: '' });
    lines = linesOf(result.stdout);
    expect(lines.map(({ step }) => step)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
    for (const line of lines) {
      for (const key of ['loss', 'tokensPerSecond', 'flopsPerSecond', 'gradientNorm'])
        expect(line[key]).toBeGreaterThan(0);
      expect(Object.hasOwn(line, 'heldoutBitsPerByte')).toBe(line.step! % 8 === 0);
    }
    expect(lines.at(-1)!.loss).toBeLessThan(lines[0]!.loss! - 0.2);
    expect((await readdir(whole)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'log.jsonl',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect((await readdir(join(whole, 'checkpoints'))).sort()).toEqual([
      'step-00000020.safetensors',
      'step-00000024.safetensors',
    ]);
    const page = await readFile(report, 'utf8');
    for (const title of [
      'Loss',
      'Held-out text',
      'Learning rate',
      'Gradient norm',
      'Expert load, layer 1',
      'Largest activation, mixers',
    ]) {
      expect(page).toContain(`"title":"${title}"`);
    }
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=/);
  });

  it('the model that comes out answers', async () => {
    const answer = await jambalayaJson<{ usage: { completionTokens: number } }>(
      ['complete', whole, 'KING', '--max-tokens', '5', '--ignore-end'],
      options,
    );
    expect(JSON.stringify(answer)).toMatch(/"completionTokens":5/);
    const inspected = await jambalayaJson<Record<string, unknown>>(['inspect', whole, '--strict'], options);
    expect(inspected).toMatchObject({ ignoredConfigKeys: [] });
  });

  it('killed again and again, it ends with the same weights', async () => {
    const out = join(folder, 'killed');
    const args = [await recipeFile('plain'), '--out', out, '--resume'];
    for (const step of [4, 6, 12, 18]) {
      expect(await interrupted(args, step, 'SIGKILL')).toMatchObject({ code: 'SIGKILL' });
    }
    const last = await jambalaya(['train', ...args, '--json'], options);
    expect(last.code).toBe(0);
    expect(last.stderr).toMatch(/^\{"note":"continuing at step (15|20)"\}\n$/);
    expect(await weightsOf(out)).toBe(await weightsOf(whole));
    const logOf = async (path: string) =>
      linesOf(await readFile(join(path, 'log.jsonl'), 'utf8')).map(({ step, loss, gradientNorm }) => ({
        step,
        loss,
        gradientNorm,
      }));
    expect(await logOf(out)).toEqual(await logOf(whole));
  });

  it('Ctrl-C writes a checkpoint and ends; the rest is the same', async () => {
    const out = join(folder, 'stopped');
    const args = [await recipeFile('plain'), '--out', out];
    const stopped = await interrupted(args, 8, 'SIGINT');
    expect(stopped.code).toBe(1);
    const error = JSON.parse(stopped.stderr) as { code: string; message: string; hint: string };
    expect(error).toMatchObject({ code: 'aborted', hint: 'its checkpoint is written: continue with --resume' });
    const step = Number(/step (\d+) of 24/.exec(error.message)![1]);
    const name = `step-${String(step).padStart(8, '0')}.safetensors`;
    expect(await readdir(join(out, 'checkpoints'))).toContain(name);
    const rest = await jambalaya(['train', ...args, '--resume', '--json'], options);
    expect(rest.stderr).toBe(`{"note":"continuing at step ${step}"}\n`);
    expect(await weightsOf(out)).toBe(await weightsOf(whole));
  });

  it('--steps and --seed stand in place of the recipe’s; the schedule too', async () => {
    const out = join(folder, 'short');
    const result = await jambalaya(
      ['train', await recipeFile('plain'), '--out', out, '--steps', '4', '--seed', '5', '--json'],
      options,
    );
    const short = linesOf(result.stdout);
    expect(short.map(({ step }) => step)).toEqual([2, 4]);
    expect(short[0]!.loss).not.toBe(lines[0]!.loss);
    expect(short[1]!.learningRate).toBeLessThan(0.5 * lines[1]!.learningRate!);
  });

  it('--init continues a model: on pairs of which the second text alone is learned', async () => {
    const data = join(folder, 'data');
    await mkdir(data);
    const pairs = Array.from({ length: 40 }, (_, i) => ({ ask: `What is ${i}?`, say: ` It is ${i}.` }));
    await writeFile(join(data, 'pairs.jsonl'), pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
    const tune = await recipeFile('tune', {
      model: undefined,
      dropout: 0,
      data: { heldOut: 0, sources: [{ name: 'pairs', files: ['pairs.jsonl'], prompt: 'ask', completion: 'say' }] },
    });
    const out = join(folder, 'tuned');
    const args = ['train', tune, '--data', data, '--init', whole, '--out', out, '--steps', '30', '--json'];
    const result = await jambalaya(args, options);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const tuned = linesOf(result.stdout);
    expect(tuned.at(-1)!.loss).toBeLessThan(0.7 * tuned[0]!.loss!);
    expect(tuned.at(-1)!.heldoutBitsPerByte).toBeUndefined();
    expect(await readFile(join(out, 'tokenizer.json'), 'utf8')).toBe(
      await readFile(join(whole, 'tokenizer.json'), 'utf8'),
    );
  });

  it.each([
    ['an unknown key', { stepz: 3 }, 'stepz: expected a known key, found "stepz"', 'did you mean "steps"?'],
    [
      'an unknown key of the data',
      { data: { ...recipe.data, resetAtDocument: true } },
      'data.resetAtDocument',
      '"resetAtDocuments"',
    ],
    [
      'an unknown key of the model',
      { model: { ...recipe.model, num_expert: 3 } },
      'model.num_expert',
      'did you mean "num_experts"?',
    ],
    [
      'no model',
      { model: undefined },
      'model: expected the fields of a config.json',
      'or continue a model with --init',
    ],
    [
      'a vocabulary that is too small',
      { model: { ...recipe.model, vocab_size: 300 } },
      'model.vocab_size: expected at least the 1024 ids',
      '',
    ],
  ])('refuses %s', async (name, change, message, hint) => {
    const file = await recipeFile(name.replaceAll(' ', '-'), change);
    const error = await jambalayaError(['train', file, '--out', join(folder, 'refused')], 1, options);
    expect(error.code).toBe('config');
    expect(error.message).toContain(message);
    expect(error.hint ?? '').toContain(hint);
  });

  it('continues a model of integers as the numbers that they stand for', async () => {
    const { tokenizer: _, ...data } = recipe.data;
    const file = await recipeFile('integers', { steps: 2, model: undefined, data, log: { every: 1 } });
    const out = join(folder, 'integers');
    const { code, stdout } = await jambalaya(['train', file, '--init', 'models/nano', '--out', out, '--json'], options);
    expect(code).toBe(0);
    // From what it has learned, not from nothing: ln 4,096 is 8.3.
    expect(linesOf(stdout)[0]!.loss).toBeLessThan(6);
  });

  it('trains phase after phase, and goes on in the middle of one to the same bits', async () => {
    const phases = [
      { name: 'one', steps: 6 },
      { name: 'two', steps: 8, optimizer: { learningRate: 0.002 } },
    ];
    const file = await recipeFile('phases', { phases, log: { every: 1 }, checkpoints: { every: 3 } });
    const [straight, cut] = [join(folder, 'straight'), join(folder, 'cut')];
    expect((await jambalaya(['train', file, '--out', straight, '--json'], options)).code).toBe(0);
    const args = [file, '--out', cut];
    // The second phase has a step 7, the first none.
    expect((await interrupted(args, 7, 'SIGKILL')).code).toBe('SIGKILL');
    const rest = await jambalaya(['train', ...args, '--resume', '--json'], options);
    expect(rest.code).toBe(0);
    expect(rest.stderr).not.toContain('phase 1 of 2');
    for (const phase of ['01-one', '02-two'])
      expect(await weightsOf(join(cut, phase))).toBe(await weightsOf(join(straight, phase)));
    const error = await jambalayaError(['train', file, '--out', join(folder, 'steps'), '--steps', '3'], 2, options);
    expect(error.message).toContain('steps: expected a recipe without phases');
  });

  it('refuses to begin where another run’s checkpoints are', async () => {
    const error = await jambalayaError(['train', await recipeFile('plain'), '--out', whole], 2, options);
    expect(error.message).toContain('a folder without checkpoints');
  });
});

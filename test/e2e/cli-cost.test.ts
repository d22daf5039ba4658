/** `jambalaya cost`: what the commands print, and how they refuse. The numbers themselves are tested in src/cost. */
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { configFile, configOf } from '../support/configs.js';
import { golden, shakespeare, TemporaryFolder } from '../support/folders.js';

interface Range {
  readonly low: number;
  readonly high: number;
}
const mini = configFile('jamba-mini');
const large = configFile('jamba-large');
const rangeOfNumbers = { low: expect.any(Number), high: expect.any(Number) };
const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

describe('cost memory', () => {
  it('answers with parameters, bytes and their sum', async () => {
    const args = ['cost', 'memory', '--config', mini, '--context', '262144', '--weights', 'experts-int8'];
    const answer = await jambalayaJson<Record<string, unknown>>([...args, '--batch', '1']);
    expect(answer).toMatchObject({
      context: 262_144,
      parameters: { total: 51_570_323_328, active: 12_110_311_296 },
      weightsBytes: 55_260_569_344,
      kvCacheBytes: 4 * 2 ** 30,
      stateBytes: 16_515_072,
      totalBytes: 55_260_569_344 + 4 * 2 ** 30 + 16_515_072,
      ignoredConfigKeys: [],
    });
    const wide = await jambalayaJson<Record<string, unknown>>([...args, '--kv-dtype', 'f32']);
    expect(wide.kvCacheBytes).toBe(8 * 2 ** 30);
  });

  it('counts what a loaded model has, for every architecture that loads', async () => {
    const models = [shakespeare, ...['jamba-moe', 'jamba-dense', 'jamba-odd', 'bert-tiny'].map(golden)];
    for (const model of models) {
      const [cost, inspection] = await Promise.all([
        jambalayaJson<{ parameters: unknown }>(['cost', 'memory', '--config', model, '--context', '16']),
        jambalayaJson<{ parameters: unknown }>(['inspect', model]),
      ]);
      expect(cost.parameters, model).toEqual(inspection.parameters);
    }
  });

  it('names unknown keys and goes on', async () => {
    const file = folder.file('odd.json');
    writeFileSync(file, JSON.stringify({ ...configOf('jamba-mini'), frobnicate: 1 }));
    const answer = await jambalayaJson<Record<string, unknown>>(['cost', 'memory', '--config', file]);
    expect(answer).toMatchObject({ ignoredConfigKeys: ['frobnicate'], parameters: { total: 51_570_323_328 } });
    const { stdout } = await jambalaya(['cost', 'memory', '--config', file]);
    expect(stdout).toContain('config keys without effect: frobnicate');
  });
});

describe('cost serve', () => {
  const serve = (config: string, ...flags: string[]) =>
    jambalayaJson<Record<string, unknown>>(['cost', 'serve', '--config', config, ...flags]);

  it('says whether Large fits eight devices at 256K', async () => {
    const flags = ['--context', '262144', '--hardware', 'a100-80gb', '--count', '8', '--weights'];
    const [int8, bf16] = await Promise.all([serve(large, ...flags, 'experts-int8'), serve(large, ...flags, 'bf16')]);
    expect(int8).toMatchObject({
      fits: true,
      perDeviceBytes: expect.any(Number),
      maxContext: expect.any(Number),
      maxConcurrency: expect.any(Number),
      tokensPerSecondBound: expect.any(Number),
      dollarsPerMillionTokens: rangeOfNumbers,
    });
    expect(bf16).toMatchObject({
      fits: false,
      maxConcurrency: 0,
      tokensPerSecondBound: 0,
      dollarsPerMillionTokens: null,
    });
  });

  it('tells people what takes the memory, and both maxima', async () => {
    const args = ['cost', 'serve', '--config', mini, '--hardware', 'a100-80gb', '--weights', 'experts-int8'];
    const { code, stdout } = await jambalaya(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/work space \(denseMlp\)/);
    expect(stdout).toMatch(/longest sequence +140,782 +1,508,967/);
    expect(stdout).toMatch(/1 × h100 /);
  });

  it('without hardware says what it fits on', async () => {
    const { machines, fits } = await serve(mini, '--context', '100000', '--weights', 'experts-int8');
    expect(fits).toBeUndefined();
    expect(machines).toContainEqual(expect.objectContaining({ hardware: 'a100-80gb', count: 1 }));
  });

  it('takes rows from a table of the user', async () => {
    const file = folder.file('hardware.json');
    writeFileSync(file, JSON.stringify({ hardware: [{ id: 'a100-80gb', memoryBytes: 40e9 }] }));
    const flags = ['--hardware', 'a100-80gb', '--hardware-file', file, '--weights', 'experts-int8'];
    expect(await serve(mini, ...flags)).toMatchObject({ fits: false, hardwareMemoryBytes: 40e9 });
  });
});

describe('cost train', () => {
  it('answers with FLOPs, memory and ranges', async () => {
    const args = ['cost', 'train', '--config', mini, '--tokens', '300e9', '--hardware', 'h100', '--count', '512'];
    const answer = await jambalayaJson<Record<string, unknown>>(args);
    expect(answer).toMatchObject({
      tokens: 300e9,
      flops: expect.any(Number),
      hardwareFlops: expect.any(Number),
      fits: true,
      perDeviceBytes: expect.any(Number),
      seconds: rangeOfNumbers,
      dollars: rangeOfNumbers,
      energyKilowattHours: rangeOfNumbers,
      elasticities: expect.objectContaining({ tokens: 1, utilisation: -1 }),
      fullyLoaded: { runs: 10, configurations: 2, factor: 20, dollars: rangeOfNumbers },
    });
    const { stdout } = await jambalaya(args);
    expect(stdout).toContain('dollars, 2 configurations × 10 runs');
    expect(stdout).toContain('list prices');
  });

  it('follows every assumption that is given', async () => {
    const flags = ['--price', '2', '--utilisation', '0.4', '--restarts', '1', '--overhead', '1', '--load', '1'];
    const layout = ['--tensor-parallel', '2', '--expert-parallel', '4', '--zero', '1', '--checkpointing', 'none'];
    const answer = await jambalayaJson<Record<'seconds' | 'dollars', Range> & Record<string, unknown>>([
      ...['cost', 'train', '--config', mini, '--tokens', '1e9', '--hardware', 'h100', '--count', '8'],
      ...[...flags, ...layout, '--context', '1024', '--runs', '3', '--configurations', '5'],
    ]);
    expect(answer.seconds.low).toBe(answer.seconds.high);
    expect(answer.dollars.low).toBeCloseTo((8 * 2 * answer.seconds.low) / 3600, 6);
    expect(answer).toMatchObject({
      layout: { tensor: 2, pipeline: 1, expert: 4, data: 4 },
      zero: 1,
      checkpointing: 'none',
      context: 1024,
      fullyLoaded: { factor: 15 },
    });
  });
});

describe('cost compare and cost budget', () => {
  it('give series over context length', async () => {
    const { contexts, series } = await jambalayaJson<{ contexts: number[]; series: { points: unknown[] }[] }>([
      ...['cost', 'compare', '--config', mini, '--contexts', '1024,262144'],
    ]);
    expect(contexts).toEqual([1024, 262_144]);
    expect(series).toHaveLength(2);
    expect(series[1]!.points[1]).toMatchObject({ context: 262_144, kvCacheBytes: 32 * 2 ** 30 });
    const { stdout } = await jambalaya([
      ...[
        'cost',
        'compare',
        '--config',
        mini,
        '--with',
        configFile('mixtral-8x7b'),
        '--hardware',
        'h100',
        '--count',
        '4',
      ],
    ]);
    expect(stdout).toContain('mixtral-8x7b');
    expect(stdout).toContain('tokens/s bound');
  });

  it('work backwards from dollars and from bytes', async () => {
    const answer = await jambalayaJson<Record<string, unknown>>([
      ...['cost', 'budget', '--dollars', '5000', '--memory', '24GB', '--config', configFile('jamba-reasoning-3b')],
    ]);
    expect(answer).toMatchObject({
      training: { dense: { dollars: 5000, parameters: rangeOfNumbers }, config: { tokens: rangeOfNumbers } },
      memory: { bytes: 24e9, parameters: { bf16: 12e9 } },
    });
    const { stdout } = await jambalaya(['cost', 'budget', '--memory', '24GiB']);
    expect(stdout).toContain('25.8 GB hold');
  });
});

describe('wrong use', () => {
  const trainOf = (...flags: string[]) => ['cost', 'train', '--config', mini, '--hardware', 'h100', ...flags];
  it.each([
    [['cost', 'serve', '--config', mini, '--hardware', 'abacus'], 'hardware: expected one of '],
    [['cost', 'serve', '--config', mini, '--hardware', 't4', '--weights', 'experts-int8'], 'compute capability 8.0'],
    [['cost', 'serve', '--config', mini, '--hardware', 'h100', '--count', '-1'], 'count: expected a whole number'],
    [['cost', 'memory', '--config', mini, '--batch', 'NaN'], 'expected a number'],
    [['cost', 'memory', '--config', mini, '--context', '0'], 'context: expected a whole number from 1, got 0'],
    [['cost', 'memory', '--config', mini, '--weights', 'int4'], 'Allowed choices are bf16'],
    [['cost', 'memory'], "required option '--config <file>'"],
    [trainOf('--tokens', '-1'), 'tokens: expected a number over 0'],
    [trainOf('--tokens', '1e9', '--utilisation', '1,2,3'), 'expected LOW,HIGH'],
    [trainOf('--tokens', '1e9', '--count', '7', '--tensor-parallel', '2'), 'a product that divides 7 devices'],
    [['cost', 'budget'], 'expected --dollars or --memory'],
    [['cost', 'budget', '--memory', 'much'], 'expected a size, as in 24GB'],
  ])('%o ends with 2', async (args, message) => {
    const error = await jambalayaError(args, 2);
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
  });

  it.each([
    [{ num_key_value_heads: 5 }, 'num_key_value_heads: expected a divisor of num_attention_heads 32, found 5'],
    [{ hidden_size: -4 }, 'hidden_size: expected a whole number from 1 to 16777216, found -4'],
    [{ model_type: 'oak' }, 'model_type: expected "jamba"'],
  ])('of a config with %o ends with 1, naming the field', async (changes, message) => {
    const file = folder.file('impossible.json');
    writeFileSync(file, JSON.stringify({ ...configOf('jamba-mini'), ...changes }));
    const error = await jambalayaError(['cost', 'memory', '--config', file], 1);
    expect(error).toMatchObject({ code: 'config', message: expect.stringContaining(message) });
  });

  it('of a file that is not there, or no JSON, ends with 1', async () => {
    expect(await jambalayaError(['cost', 'memory', '--config', folder.file('none')], 1)).toMatchObject({
      code: 'file',
    });
    const file = folder.file('no.json');
    writeFileSync(file, '{');
    expect(await jambalayaError(['cost', 'memory', '--config', file], 1)).toMatchObject({ code: 'format' });
  });
});

/** `jambalaya bench`: rates, shares of what the machine can do, memory, and where the time goes. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { golden, shakespeare, TemporaryFolder } from '../support/folders.js';

const small = ['--prompt', '64,100', '--generate', '5', '--batch', '1,3', '--repeats', '1'];
const anyRate = expect.toSatisfy((value) => typeof value === 'number' && value > 0 && Number.isFinite(value));
const anyBytes = expect.toSatisfy((value) => Number.isInteger(value) && (value as number) > 1e6);

/** Every key and nothing else, with its unit in its name. */
const schema = {
  decode: { tokensPerSecond: anyRate, gigabytesPerSecond: anyRate, shareOfReadBandwidth: anyRate },
  prefill: {
    '64': { tokensPerSecond: anyRate, gigaOpsPerSecond: anyRate, shareOfPeak: anyRate },
    '100': { tokensPerSecond: anyRate, gigaOpsPerSecond: anyRate, shareOfPeak: anyRate },
  },
  batch: {
    '1': { tokensPerSecond: anyRate, shareOfReadBandwidth: anyRate },
    '3': { tokensPerSecond: anyRate, shareOfReadBandwidth: anyRate },
  },
  memory: { peakBytes: anyBytes, plannedBytes: anyBytes },
  machine: {
    readGigabytesPerSecond: anyRate,
    int8GigaOpsPerSecond: anyRate,
    bf16GigaFlopsPerSecond: anyRate,
    f32GigaFlopsPerSecond: anyRate,
    threads: expect.any(Number),
    isa: expect.any(String),
  },
};

interface Row {
  readonly phase: string;
  readonly op: string;
  readonly share: number;
}

describe('bench', () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder.dispose());

  it('gives rates and shares that fit together', async () => {
    const result = await jambalayaJson<typeof schema>(['bench', shakespeare, ...small, '--weights', 'int8']);
    expect(result).toEqual(schema);
    const { decode, prefill, machine } = result as unknown as {
      decode: Record<string, number>;
      prefill: Record<string, Record<string, number>>;
      machine: Record<string, number>;
    };
    expect(decode.shareOfReadBandwidth! * machine.readGigabytesPerSecond!).toBeCloseTo(decode.gigabytesPerSecond!, 9);
    const { gigaOpsPerSecond, shareOfPeak } = prefill['64']!;
    expect(shareOfPeak! * machine.int8GigaOpsPerSecond!).toBeCloseTo(gigaOpsPerSecond!, 9);
  });

  it('says where the time goes, as a table and as a trace', async () => {
    const file = folder.file('trace.json');
    const args = ['bench', shakespeare, ...small, '--device', 'wasm', '--profile', file];
    const { profile, ...result } = await jambalayaJson<typeof schema & { profile: Row[] }>(args);
    expect(result).toEqual({ ...schema, machine: { ...schema.machine, threads: 1, isa: 'simd128' } });
    expect([...new Set(profile.map(({ phase }) => phase))]).toEqual(['prefill 64', 'decode 1', 'decode 3']);
    for (const phase of ['prefill 64', 'decode 1', 'decode 3']) {
      const rows = profile.filter((row) => row.phase === phase);
      expect(rows.some(({ op }) => op.startsWith('matmul'))).toBe(true);
      expect(rows.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
    }
    const trace = JSON.parse(readFileSync(file, 'utf8')) as {
      traceEvents: { ph: string; ts?: number; dur?: number }[];
    };
    expect(trace.traceEvents.length).toBeGreaterThan(200);
    for (const { ph, ts, dur } of trace.traceEvents) {
      if (ph === 'X') expect(ts! >= 0 && dur! >= 0).toBe(true);
      else expect(ph).toBe('M');
    }
  });

  it('prints tables for people', async () => {
    const { code, stdout } = await jambalaya(['bench', shakespeare, ...small]);
    expect(code).toBe(0);
    for (const line of [/^decode, 1 sequence .*GB\/s .*% of reading$/m, /^decode, 3 sequences /m, /^prompt of 100 /m]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).toMatch(/^memory: [\d.]+ MB at most, [\d.]+ MB planned$/m);
    expect(stdout).toMatch(/^machine \(\w+, threads: \d+\): reads [\d.]+ GB\/s/m);
  });

  it('refuses what it cannot measure', async () => {
    expect(await jambalayaError(['bench', shakespeare, '--batch', '0'], 2)).toMatchObject({ code: 'usage' });
    expect(await jambalayaError(['bench', shakespeare, '--generate', '0'], 2)).toMatchObject({ code: 'usage' });
    expect(await jambalayaError(['bench', shakespeare, '--prompt', '5,x'], 2)).toMatchObject({ code: 'usage' });
    expect(await jambalayaError(['bench', shakespeare, '--device', 'reference'], 1)).toMatchObject({
      code: 'unavailable',
    });
    expect(await jambalayaError(['bench', golden('bert-tiny')], 1)).toMatchObject({ code: 'unavailable' });
    const profile = folder.file('no/such/folder.json');
    expect(await jambalayaError(['bench', shakespeare, ...small, '--profile', profile], 1)).toMatchObject({
      code: 'file',
    });
    expect(existsSync(profile)).toBe(false);
  });
});

describe('memory', () => {
  it('is planned by inspect, by context and batch', async () => {
    interface Plan {
      readonly context: number;
      readonly batch: number;
      readonly weights: { readonly mappedBytes: number; readonly ownBytes: number };
      readonly stateBytes: number;
      readonly kvCacheBytes: number;
      readonly workspaceBytes: number;
      readonly programBytes: number;
      readonly totalBytes: number;
    }
    const planned = async (...flags: string[]) => {
      const { memory } = await jambalayaJson<{ memory: Plan[] }>(['inspect', shakespeare, ...flags]);
      return memory;
    };
    const [one] = await planned('--context', '1024');
    const [four] = await planned('--context', '1024', '--batch', '4', '--weights', 'int8');
    expect(one).toMatchObject({ context: 1024, batch: 1, kvCacheBytes: 1024 * 2 * 2 * 32 * 4 });
    expect(four).toMatchObject({ batch: 4, kvCacheBytes: 4 * one!.kvCacheBytes, stateBytes: 4 * one!.stateBytes });
    // Quantized matrices are made while loading; only the routers stay in the file.
    expect(one!.weights.mappedBytes).toBeGreaterThan(10 * one!.weights.ownBytes);
    expect(four!.weights.ownBytes).toBeGreaterThan(300 * four!.weights.mappedBytes);
    for (const { weights, stateBytes, kvCacheBytes, workspaceBytes, programBytes, totalBytes } of [one!, four!]) {
      const parts = [weights.mappedBytes, weights.ownBytes, stateBytes, kvCacheBytes, workspaceBytes, programBytes];
      expect(parts.reduce((total, bytes) => total + bytes)).toBe(totalBytes);
      expect(workspaceBytes).toBeGreaterThan(1e6);
    }
    const { stdout } = await jambalaya(['inspect', shakespeare, '--context', '1024', '--batch', '4']);
    expect(stdout).toMatch(
      /^memory: weights 3.85 MB as they lie in the file and [\d.]+ kB beside it; a chunk of a prompt/m,
    );
    expect(stdout).toMatch(/^4 × context +state +KV cache \(f32\) +work space +together$/m);
    expect(await jambalayaError(['inspect', shakespeare, '--context', '0'], 2)).toMatchObject({ code: 'usage' });
  });

  it('that there is not is an error with the numbers, for a model and for a request', async () => {
    const complete = (...flags: string[]) => ['complete', shakespeare, 'To be', '--temperature', '0', ...flags];
    const model = await jambalayaError(complete('--memory', '2MB'), 1);
    expect(model).toMatchObject({
      code: 'memory',
      message: expect.stringMatching(/char-shakespeare needs [\d.]+ MB, and there are 2\.0 MB$/),
      hint: expect.stringMatching(/^weights 4\.\d MB, states .*work space/),
    });
    const request = await jambalayaError(complete('--memory', '90MB', '--max-tokens', '1000000'), 1);
    expect(request).toMatchObject({
      code: 'memory',
      message: expect.stringMatching(/^a sequence of 1000005 tokens needs 512\.\d MB, and there are \d+\.\d MB$/),
      hint: expect.stringContaining('--max-tokens'),
    });
    const fits = await jambalayaJson<{ completionTokens: number }>(complete('--memory', '90MB', '--max-tokens', '5'));
    expect(fits.completionTokens).toBe(5);
    expect(await jambalayaError(complete('--memory', 'much'), 2)).toMatchObject({ code: 'usage' });
  });
});

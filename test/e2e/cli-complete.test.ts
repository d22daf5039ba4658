/** `jambalaya complete` and `jambalaya chat` as a person or a script runs them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeInstructionSets } from '../../src/devices/index.js';
import { type CliOptions, jambalaya, jambalayaError, jambalayaJson, main, runNode } from '../support/cli.js';
import { shakespeare } from '../support/folders.js';

interface Completion {
  readonly text: string;
  readonly ids: readonly number[];
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly finishReason: string;
  readonly device: string;
  readonly isa: string;
  readonly seconds: { readonly load: number; readonly prefill: number; readonly decode: number };
  readonly logprobs?: readonly { readonly id: number; readonly logprob: number; readonly top: readonly object[] }[];
}

const { prompts } = JSON.parse(readFileSync(join(shakespeare, 'expected.json'), 'utf8')) as {
  prompts: { prompt: string; greedy: string }[];
};
const [first] = prompts as [(typeof prompts)[number]];
const isas = nativeInstructionSets();
const native = isas.length > 0;

const complete = (prompt: string, flags: readonly string[], options?: CliOptions) =>
  jambalayaJson<Completion>(['complete', shakespeare, prompt, ...flags], options);
const greedy = (prompt: string, tokens: number, flags: readonly string[] = [], options?: CliOptions) =>
  complete(prompt, ['--max-tokens', `${tokens}`, '--temperature', '0', ...flags], options);

/** Bytes as ids: the model's tokens are bytes, three after their number. */
const idsOf = (text: string) => [...Buffer.from(text)].map((byte) => byte + 3);

describe('complete', () => {
  it('prints one object with the documented fields', async () => {
    const result = await greedy(first.prompt, 12);
    expect(result).toEqual({
      text: first.greedy.slice(0, 12),
      ids: idsOf(first.greedy.slice(0, 12)),
      promptTokens: first.prompt.length,
      completionTokens: 12,
      finishReason: 'length',
      device: native ? 'native' : 'wasm',
      isa: native ? isas.at(-1) : 'simd128',
      seconds: { load: expect.any(Number), prefill: expect.any(Number), decode: expect.any(Number) },
    });
    for (const seconds of Object.values(result.seconds)) expect(seconds).toBeGreaterThan(0);
  });

  it.each(native ? ['native', 'wasm'] : ['wasm'])('continues as Transformers does: %s', async (device) => {
    const flags = ['--device', device];
    const results = await Promise.all(prompts.map(({ prompt }) => greedy(prompt, 120, flags)));
    expect(results.map(({ text }) => text)).toEqual(prompts.map(({ greedy }) => greedy));
    for (const result of results) expect(result.device).toBe(device);
  });

  it('continues as Transformers does: reference', async () => {
    const result = await greedy(first.prompt, 8, ['--device', 'reference']);
    expect(result).toMatchObject({ text: first.greedy.slice(0, 8), device: 'reference' });
  });

  it('computes on the device and with the instructions that it is told, by flag before environment', async () => {
    const told = async (flags: string[], env: Record<string, string>) => {
      const { text, device, isa } = await greedy(first.prompt, 4, flags, { env });
      expect(text).toBe(first.greedy.slice(0, 4));
      return `${device} ${isa}`;
    };
    const cases: [flags: string[], env: Record<string, string>, expected: string][] = [
      [[], { JAMBALAYA_DEVICE: 'wasm' }, 'wasm simd128'],
      ...isas.map((isa): (typeof cases)[number] => [[], { JAMBALAYA_ISA: isa }, `native ${isa}`]),
      ...isas.slice(0, 1).flatMap((isa): typeof cases => [
        [['--isa', isa, '--threads', '1'], { JAMBALAYA_ISA: isas.at(-1)! }, `native ${isa}`],
        [['--device', 'native', '--isa', isa], { JAMBALAYA_DEVICE: 'wasm' }, `native ${isa}`],
      ]),
    ];
    expect(await Promise.all(cases.map(([flags, env]) => told(flags, env)))).toEqual(cases.map((each) => each[2]));
  });

  it('refuses devices and instructions that do not exist or are not here', async () => {
    const args = ['complete', shakespeare, 'x'];
    const [unknownDevice, unknownIsa, absent, threads] = await Promise.all([
      jambalayaError(args, 2, { env: { JAMBALAYA_DEVICE: 'gpu' } }),
      jambalayaError([...args, '--isa', 'sse'], 2),
      jambalayaError([...args, '--device', 'native'], 1, { env: { JAMBALAYA_ADDON: '/nonexistent/addon.node' } }),
      jambalayaError([...args, '--device', 'native', '--threads', '0'], 2),
    ]);
    expect(unknownDevice).toMatchObject({ code: 'usage', message: expect.stringContaining('JAMBALAYA_DEVICE') });
    expect(unknownIsa).toMatchObject({ code: 'usage', message: expect.stringContaining('--isa') });
    expect(absent).toMatchObject({ code: 'unavailable', hint: expect.stringContaining('npm run build:native') });
    expect(threads).toMatchObject({ code: 'usage', message: expect.stringContaining('threads') });
  });

  it('falls back on WASM without the addon', async () => {
    const result = await greedy(first.prompt, 4, [], { env: { JAMBALAYA_ADDON: '/nonexistent/addon.node' } });
    expect(result).toMatchObject({ device: 'wasm', isa: 'simd128', text: first.greedy.slice(0, 4) });
  });

  it('prints the text alone on stdout, and what it did on stderr', async () => {
    const flags = ['--max-tokens', '20', '--temperature', '0'];
    const result = await jambalaya(['complete', shakespeare, first.prompt, ...flags], { env: { NO_COLOR: '1' } });
    expect(result).toMatchObject({ code: 0, stdout: `${first.greedy.slice(0, 20)}\n` });
    expect(result.stderr).toMatch(/20 tokens on .* ended by length\n$/);
    expect(result.stderr).not.toContain('\x1b');
  });

  it('draws the same with the same seed, and stops before a stop text', async () => {
    const flags = ['--max-tokens', '30', '--temperature', '0.9', '--top-k', '20', '--top-p', '0.95', '--seed'];
    const [once, again, other, stopped] = await Promise.all([
      complete(first.prompt, [...flags, '11']),
      complete(first.prompt, [...flags, '11', '--device', 'wasm']),
      complete(first.prompt, [...flags, '12']),
      greedy(first.prompt, 100, ['--stop', 'zzz', '--stop', 'so sorrow']),
    ]);
    expect(again.ids).toEqual(once.ids);
    expect(other.ids).not.toEqual(once.ids);
    expect(stopped).toMatchObject({ text: first.greedy.split('so sorrow')[0], finishReason: 'stop' });
  });

  it('tells log probabilities when asked', async () => {
    const { ids, logprobs } = await greedy(first.prompt, 5, ['--logprobs', '3']);
    expect(logprobs!.map(({ id }) => id)).toEqual(ids);
    for (const { id, logprob, top } of logprobs!) {
      expect(logprob).toBeLessThan(0);
      expect(top).toHaveLength(3);
      expect(top[0]).toEqual({ id, logprob });
    }
  });

  it('quantizes while it loads', async () => {
    const result = await greedy(first.prompt, 16, ['--weights', 'experts-int8']);
    expect(result.text).toBe(first.greedy.slice(0, 16));
  });

  it('ends at once on Ctrl-C, without a stack trace', async () => {
    let pressed = 0;
    const result = await jambalaya(['complete', shakespeare, first.prompt, '--max-tokens', '1000000'], {
      onOutput: (child) => {
        if (pressed++ === 0) child.kill('SIGINT');
      },
    });
    expect(result).toMatchObject({ code: 1, stderr: 'error: the generation was stopped\n' });
    expect(result.stdout).toMatch(/[^\n]\n$|^\n*$/);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const result = await jambalaya(['complete', shakespeare, first.prompt, '--max-tokens', '1000000'], {
      onOutput: (child) => child.stdout?.destroy(),
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('chat', () => {
  it('answers line by line, and leaves when the input ends', async () => {
    const line = first.prompt.trimEnd().split('\n').join(' ');
    const flags = ['--max-tokens', '12', '--temperature', '0'];
    const expected = await greedy(line, 12);
    const continued = await greedy(`${line}${expected.text}Then`, 12);
    const result = await jambalaya(['chat', shakespeare, ...flags], { input: `${line}\n\nThen\n` });
    expect(result).toMatchObject({ code: 0, stdout: `${expected.text}\n${continued.text}\n` });
    expect(result.stderr).toContain('no chat template');
  });
});

describe('the program', () => {
  it('says its version and its commands', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await jambalaya(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await runNode([main, '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['complete', 'chat', 'inspect', 'quantize', 'logits', 'eval', 'pull'])
      expect(help.stdout).toContain(`\n  ${name} `);
  });
});

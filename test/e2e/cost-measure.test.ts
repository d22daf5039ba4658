/** `jambalaya cost measure`: a model that trains and answers here, beside the planner's numbers. */
import { describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError, jambalayaJson } from '../support/cli.js';
import { configFile } from '../support/configs.js';

const shakespeare = 'models/char-shakespeare';

interface Answer {
  readonly device: string;
  readonly runs: Readonly<
    Record<
      'training' | 'prompt' | 'token',
      Record<'predicted' | 'measured', { flops: number; bytes: number; seconds: number }>
    >
  >;
}

describe('jambalaya cost measure', () => {
  it('predicts the FLOPs that are counted, and the bytes to a tenth', async () => {
    const options = ['--context', '64', '--repeats', '1'];
    const { runs } = await jambalayaJson<Answer>(['cost', 'measure', shakespeare, ...options]);
    for (const { predicted, measured } of Object.values(runs)) {
      expect(predicted.flops).toBe(measured.flops);
      expect(predicted.bytes / measured.bytes).toBeGreaterThan(0.9);
      expect(predicted.bytes / measured.bytes).toBeLessThan(1.1);
      expect(measured.seconds).toBeGreaterThan(0);
    }
  });

  it('prints both sides', async () => {
    const { code, stdout } = await jambalaya(['cost', 'measure', shakespeare, '--context', '16', '--repeats', '1']);
    expect(code).toBe(0);
    for (const words of ['predicted', 'measured', 'a training step', 'reading a prompt', 'one more token', 'equal']) {
      expect(stdout).toContain(words);
    }
  });

  it('refuses what does not run here, by name', async () => {
    const other = await jambalayaError(['cost', 'measure', configFile('llama-2-7b')], 2);
    expect(other.message).toContain('a Jamba config');
    expect(other.hint).toContain('attn_layer_period');
    const large = await jambalayaError(['cost', 'measure', configFile('jamba-large')], 1);
    expect(large).toMatchObject({ code: 'limit' });
    const wrong = await jambalayaError(['cost', 'measure', shakespeare, '--repeats', '0'], 2);
    expect(wrong.message).toContain('repeats: expected a whole number from 1');
  });
});

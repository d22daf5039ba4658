import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { bestRate, groupsOf, plansOf, tables } from '../../bench/hybrid/plan.mjs';
import { runNode } from '../support/cli.js';
import { TemporaryFolder } from '../support/folders.js';

const rates = [1, 2];
const steps = 5;
const plans = (runs: object[], seeds = 1, only = ['attention', 'hybrid-1-7', 'hybrid-no-norms']) =>
  plansOf({ runs, only, seeds, steps, rates }) as { variant: string; rate?: number; times: number; seed: number }[];
const finished = (variant: string, rate: number, heldOutLoss: number | undefined, seed = 1, times = 1) => ({
  ...{ variant, rate, times, seed, steps, feedForward: 8, seconds: 1, largestActivation: 2, largestGradientNorm: 3 },
  ...{ parameters: { total: 10, active: 10 }, curve: [] },
  ...(heldOutLoss === undefined
    ? { diverged: 'step 3: not finite' }
    : {
        heldOutLoss,
        bitsPerByte: 2,
        recall: { 2: 1, 4: 1, 8: 1, 16: 1, 24: 1 },
        formatKept: { 2: 1, 3: 1 },
        formatRight: { 2: 1, 3: 1 },
      }),
});

describe('the plan', () => {
  it('sweeps first, counts what follows, and takes the best rate of a family and three times that', () => {
    const first = plans([]);
    expect(first.map(({ variant, rate }) => `${variant} ${rate}`)).toEqual([
      ...['rotary 1', 'rotary 2', 'hybrid-1-7 1', 'hybrid-1-7 2'],
      ...['attention undefined', 'hybrid-1-7 undefined', 'hybrid-no-norms undefined'],
      ...['hybrid-1-7 undefined', 'hybrid-no-norms undefined'],
    ]);
    const swept = [
      ...[finished('rotary', 1, 0.5), finished('rotary', 2, 0.4)],
      ...[finished('hybrid-1-7', 1, 0.3), finished('hybrid-1-7', 2, undefined)],
    ];
    expect(bestRate(swept, 'hybrid-no-norms')).toBe(1);
    expect(plans(swept)).toEqual([
      { variant: 'attention', rate: 2, times: 1, seed: 1, steps },
      { variant: 'hybrid-no-norms', rate: 1, times: 1, seed: 1, steps },
      { variant: 'hybrid-1-7', rate: 3, times: 3, seed: 1, steps },
      { variant: 'hybrid-no-norms', rate: 3, times: 3, seed: 1, steps },
    ]);
    const more = [...swept, finished('hybrid-1-7', 3, 0.1, 1, 3)];
    // A run at three times the rate is no part of the sweep.
    expect(bestRate(more, 'hybrid-1-7')).toBe(1);
    expect(plans(more, 2, ['rotary'])).toEqual([{ variant: 'rotary', rate: 2, times: 1, seed: 2, steps }]);
  });

  it('shows runs at their rate, and those that diverged', () => {
    const runs = [
      finished('hybrid-1-7', 1, 0.3),
      finished('hybrid-1-7', 2, 0.2),
      finished('hybrid-1-7', 6, undefined, 1, 3),
      // Three times a rate that was best before another was tried.
      finished('hybrid-1-7', 3, 0.5, 1, 3),
    ];
    expect(groupsOf(runs).map(({ title, runs }) => [title, runs.length])).toEqual([
      ['hybrid 1:7', 1],
      ['hybrid 1:7, 3 × rate', 1],
    ]);
    expect(tables(runs)).toMatch(/hybrid 1:7, 3 × rate \| 1 \| 1 diverged \|/);
  });
});

describe('npm run bench -- hybrid', () => {
  const folder = new TemporaryFolder();
  afterAll(() => folder.dispose());
  const [out, figure] = [folder.file('hybrid.json'), folder.file('hybrid.svg')];
  const bench = (...flags: string[]) =>
    runNode(['scripts/bench.mjs', 'hybrid', '--smoke', '--out', out, '--figure', figure, ...flags]);

  it('runs, draws, goes on where it was, and refuses results of other settings', async () => {
    const { code, stdout, stderr } = await bench('--only', 'rotary,hybrid-moe');
    expect(stderr).toMatch(/^rotary, rate 0.005, seed 1: held-out loss \d/m);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\| attention, rotary positions \| 1 \| \d/m);
    const all = JSON.parse(readFileSync(out, 'utf8')) as { runs: object[] };
    expect(all.runs).toHaveLength(5);
    expect(readFileSync(figure, 'utf8')).toMatch(/^<svg [\s\S]*hybrid 1:7 with experts[\s\S]*<\/svg>\n$/);

    const kept = all.runs.slice(1);
    writeFileSync(out, JSON.stringify({ ...all, runs: kept }));
    expect((await bench('--only', 'rotary,hybrid-moe')).code).toBe(0);
    const again = JSON.parse(readFileSync(out, 'utf8')) as { runs: { seconds: number }[] };
    expect(again.runs.slice(0, -1)).toEqual(kept);
    const same = (run: object) => ({ ...run, seconds: 0 });
    // The same seed gave the same weights.
    expect(same(again.runs[again.runs.length - 1]!)).toEqual(same(all.runs[0]!));

    writeFileSync(out, JSON.stringify({ ...all, settings: { hidden: 8 } }));
    const refused = await bench();
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('expected results of the settings');
    expect((await bench('--only', 'lstm')).code).toBe(2);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { devices, loadSet } from '../../test/golden/support.js';
import { scope } from '../tensor/index.js';
import { allLogits } from './logits.js';
import { scoredWindows } from './perplexity.js';
import { PassRunner, passesOf, rowsOfPass } from './windows.js';

describe('passesOf', () => {
  it('puts short stretches side by side and cuts long ones', () => {
    const spans = [4, 4, 5, 11, 2].map((length) => ({ start: 100, end: 100 + length }));
    const passes = [...passesOf(spans, 8)].map((pass) => [
      pass.spans.map(({ start, end, stretch }) => `${stretch}:${start}-${end}`).join(' '),
      pass.piece,
    ]);
    expect(passes).toEqual([
      ['0:100-104 1:100-104', undefined],
      ['2:100-105', undefined],
      ['3:100-108', { last: false }],
      ['3:108-111', { last: true }],
      ['4:100-102', undefined],
    ]);
  });

  it('covers every position once, in order, within its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 })), fc.integer({ min: 1, max: 20 }), (lengths, rows) => {
        const stretches = lengths.map((length) => ({ start: 7, end: 7 + length }));
        const covered = stretches.map(() => 7);
        for (const { spans, piece } of passesOf(stretches, rows)) {
          expect(spans.reduce((total, { start, end }) => total + end - start, 0)).toBeLessThanOrEqual(rows);
          for (const { start, end, stretch } of spans) {
            expect(start).toBe(covered[stretch]);
            expect(end).toBeGreaterThan(start);
            if (piece !== undefined) {
              expect(piece).toEqual({ last: end === stretches[stretch]!.end });
            }
            covered[stretch] = end;
          }
        }
        expect(covered).toEqual(stretches.map(({ end }) => end));
      }),
    );
  });
});

describe('PassRunner', () => {
  it('begins every stretch with an empty state, however it is cut', async () => {
    const device = await devices[0]!.open();
    const model = await loadSet('jamba-moe', device);
    const ids = Array.from({ length: 25 }, (_, i) => 3 + ((i * i * 13) % 90));
    const stretches = [
      { start: 0, end: 10 },
      { start: 5, end: 8 },
      { start: 8, end: 25 },
    ];
    const expected: number[] = [];
    for (const { start, end } of stretches) expected.push(...(await allLogits(model, ids.slice(start, end))));
    for (const rows of [4, 12, 100]) {
      using runner = new PassRunner(model);
      const found: number[] = [];
      for (const pass of passesOf(stretches, rows)) {
        using logits = scope(() => runner.logits(ids, pass));
        found.push(...(await logits.read()));
      }
      expect(found).toEqual(expected);
    }
    model.dispose();
    expect(device.memory.bytes).toBe(0);
  });
});

describe('rowsOfPass', () => {
  it('is bounded by the bytes of the logits and by work, and never 0', () => {
    expect(rowsOfPass(65536)).toBe(256);
    expect(rowsOfPass(259)).toBe(4096);
    expect(rowsOfPass(2 ** 26)).toBe(1);
  });
});

describe('scoredWindows', () => {
  it('lays windows a stride apart, until one reaches the end', () => {
    expect(scoredWindows(10, 4, 3)).toEqual([
      { start: 0, end: 4, scoredFrom: 1 },
      { start: 3, end: 7, scoredFrom: 4 },
      { start: 6, end: 10, scoredFrom: 7 },
    ]);
    expect(scoredWindows(9, 4, 2)).toEqual([
      { start: 0, end: 4, scoredFrom: 1 },
      { start: 2, end: 6, scoredFrom: 4 },
      { start: 4, end: 8, scoredFrom: 6 },
      { start: 6, end: 9, scoredFrom: 8 },
    ]);
    expect(scoredWindows(3, 8, 8)).toEqual([{ start: 0, end: 3, scoredFrom: 1 }]);
  });

  it('scores nothing of a window that has one token', () => {
    expect(scoredWindows(5, 4, 4)).toEqual([{ start: 0, end: 4, scoredFrom: 1 }]);
  });

  it('scores every token but the first once, and after one of its own window', () => {
    const cases = fc.tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 2, max: 20 }), fc.nat());
    fc.assert(
      fc.property(cases, ([tokens, window, some]) => {
        const stride = 1 + (some % (window - 1));
        const scored = scoredWindows(tokens, window, stride).flatMap(({ start, end, scoredFrom }) => {
          expect(end - start).toBeLessThanOrEqual(window);
          expect(scoredFrom).toBeGreaterThan(start);
          return Array.from({ length: end - scoredFrom }, (_, i) => scoredFrom + i);
        });
        expect(scored).toEqual(Array.from({ length: tokens - 1 }, (_, i) => i + 1));
      }),
    );
  });
});

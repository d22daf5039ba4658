import { describe, expect, it } from 'vitest';
import { chartsOf, reportPage } from './report.js';
import type { LogRecord } from './run.js';

const record = (step: number, more: Partial<LogRecord> = {}): LogRecord => ({
  step,
  loss: 3 / step,
  learningRate: 1e-3,
  gradientNorm: 0.5,
  tokensPerSecond: 1000,
  flopsPerSecond: 2e10,
  tokens: 512 * step,
  seconds: step,
  ...more,
});
const observed: Partial<LogRecord> = {
  heldoutBitsPerByte: 2.25,
  expertLoad: { 1: [0.75, 0.25], 3: [0.5, 0.5] },
  largestActivation: [
    { mixer: 2, feedForward: 3 },
    { mixer: 4, feedForward: 5 },
  ],
};
const library = { script: 'window.uPlot = "</script>";', style: '.uplot {}' };

describe('chartsOf', () => {
  it('has a chart for everything that was recorded', () => {
    const charts = chartsOf([record(1), record(2, observed)]);
    expect(charts.map(({ title }) => title)).toEqual([
      'Loss',
      'Held-out text',
      'Learning rate',
      'Gradient norm',
      'Expert load, layer 1',
      'Expert load, layer 3',
      'Largest activation, mixers',
      'Largest activation, feed-forwards',
      'Speed',
      'Arithmetic',
    ]);
    expect(charts[1]!.lines).toEqual([{ name: 'held out', values: [null, 2.25] }]);
    expect(charts[4]!.lines).toEqual([
      { name: 'expert 0', values: [null, 0.75] },
      { name: 'expert 1', values: [null, 0.25] },
    ]);
    expect(charts[7]!.lines[1]).toEqual({ name: 'layer 1', values: [null, 5] });
  });

  it('leaves out what was not', () => {
    expect(chartsOf([record(1)]).map(({ title }) => title)).not.toContain('Held-out text');
    expect(chartsOf([])).toEqual([]);
  });
});

describe('reportPage', () => {
  it('is one page without a reference to another', () => {
    const page = reportPage({
      title: 'A <run> & "more"',
      records: [record(1, observed)],
      recipe: { a: '</pre>' },
      library,
    });
    expect(page).toContain('<title>A &#60;run&#62; &#38; &#34;more&#34;</title>');
    expect(page).not.toMatch(/(src|href)=|url\(|https?:/);
    expect(page).toContain('2.2500 bits per byte, at step 1');
    // Neither data nor library can end an element of the page.
    expect(page.match(/<\/script>/g)).toHaveLength(3);
    expect(page.match(/<\/pre>/g)).toHaveLength(1);
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
    expect(JSON.parse(data)).toEqual({ steps: [1], charts: chartsOf([record(1, observed)]) });
  });
});

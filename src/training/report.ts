/** A run as one page that needs nothing else: its log as charts. */
import type { LogRecord } from './run.js';

export interface ReportInput {
  readonly title: string;
  readonly records: readonly LogRecord[];
  /** The recipe, as it was given. */
  readonly recipe: unknown;
  /** uPlot, to stand inside of the page. */
  readonly library: { readonly script: string; readonly style: string };
}

/** Lines over the steps; a value that a record does not have is null. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** Whether the axis of values is logarithmic. */
  readonly logarithmic?: boolean;
}

/** The charts of a log; those that nothing was recorded for are left out. */
export function chartsOf(records: readonly LogRecord[]): Chart[] {
  const line = (name: string, value: (record: LogRecord) => number | undefined) => ({
    name,
    values: records.map((record) => value(record) ?? null),
  });
  const layers = records.find((record) => record.largestActivation)?.largestActivation?.length ?? 0;
  const moeLayers = Object.keys(records.find((record) => record.expertLoad)?.expertLoad ?? {});
  const expertsOf = (layer: string) =>
    records.find((record) => record.expertLoad)?.expertLoad?.[layer]?.map((_, expert) => expert) ?? [];
  const activations = (part: 'mixer' | 'feedForward', title: string): Chart => ({
    title,
    unit: 'max |activation| before the residual',
    logarithmic: true,
    lines: Array.from({ length: layers }, (_, i) =>
      line(`layer ${i}`, ({ largestActivation }) => largestActivation?.[i]?.[part]),
    ),
  });
  const charts: Chart[] = [
    { title: 'Loss', unit: 'nats per token', lines: [line('loss', ({ loss }) => loss)] },
    {
      title: 'Held-out text',
      unit: 'bits per byte',
      lines: [line('held out', ({ heldoutBitsPerByte }) => heldoutBitsPerByte)],
    },
    { title: 'Learning rate', unit: '', lines: [line('learning rate', ({ learningRate }) => learningRate)] },
    {
      title: 'Gradient norm',
      unit: 'before clipping',
      logarithmic: true,
      lines: [line('norm', ({ gradientNorm }) => gradientNorm)],
    },
    {
      title: 'Load-balancing loss',
      unit: 'even use gives the number of experts per token',
      lines: [line('balance', ({ balanceLoss }) => balanceLoss)],
    },
    {
      title: 'Activation loss',
      unit: 'mean square',
      logarithmic: true,
      lines: [line('mean square', ({ activationLoss }) => activationLoss)],
    },
    ...moeLayers.map((layer) => ({
      title: `Expert load, layer ${layer}`,
      unit: 'share of choices',
      lines: expertsOf(layer).map((expert) =>
        line(`expert ${expert}`, ({ expertLoad }) => expertLoad?.[layer]?.[expert]),
      ),
    })),
    activations('mixer', 'Largest activation, mixers'),
    activations('feedForward', 'Largest activation, feed-forwards'),
    { title: 'Speed', unit: 'tokens per second', lines: [line('tokens/s', ({ tokensPerSecond }) => tokensPerSecond)] },
    {
      title: 'Share of the device’s peak',
      unit: '%',
      lines: [line('share', ({ shareOfPeak }) => (shareOfPeak === undefined ? undefined : 100 * shareOfPeak))],
    },
    {
      title: 'Arithmetic',
      unit: 'GFLOP/s',
      lines: [line('GFLOP/s', ({ flopsPerSecond }) => flopsPerSecond / 1e9)],
    },
  ];
  return charts.filter(({ lines }) => lines.some(({ values }) => values.some((value) => value !== null)));
}

/** The page, as HTML. */
export function reportPage({ title, records, recipe, library }: ReportInput): string {
  const last = records.at(-1);
  const measured = records.flatMap(({ step, heldoutBitsPerByte: value }) =>
    value === undefined ? [] : [{ step, value }],
  );
  const best = measured.toSorted((a, b) => a.value - b.value)[0];
  const facts: [string, string][] = [
    ['steps', format(last?.step)],
    ['tokens', format(last?.tokens)],
    ['minutes', last === undefined ? '–' : (last.seconds / 60).toFixed(1)],
    ['last loss', last === undefined ? '–' : `${last.loss.toFixed(4)} nats per token`],
    [
      'best held-out',
      best === undefined ? '–' : `${best.value.toFixed(4)} bits per byte, at step ${format(best.step)}`,
    ],
  ];
  const data = { steps: records.map(({ step }) => step), charts: chartsOf(records) };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>
${library.style}
${pageStyle}
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
<main id="charts"></main>
<details><summary>Recipe</summary><pre>${escaped(JSON.stringify(recipe, null, 2))}</pre></details>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>
${library.script.replaceAll('</script', '<\\/script')}
</script>
<script>
${pageScript}
</script>
</body>
</html>
`;
}

const format = (count: number | undefined) => (count === undefined ? '–' : count.toLocaleString('en-US'));

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

const pageStyle = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #66707d; --line: #d9dee5; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --soft: #98a2b0; --line: #333b46; --page: #14181e; } }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.5rem; }
h2 { font-size: 1rem; margin: 0 0 .2rem; }
h2 small { font-weight: normal; color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); gap: 2rem; margin: 2rem 0; }
section { min-width: 0; }
pre { overflow-x: auto; }
.u-legend { font-size: .8rem; text-align: left; }
`;

/** Runs in the page, where `uPlot` is a global. */
const pageScript = `
const { steps, charts } = JSON.parse(document.getElementById('data').textContent);
const style = getComputedStyle(document.documentElement);
const soft = style.getPropertyValue('--soft'), line = style.getPropertyValue('--line');
const colour = (i, count) => count === 1 ? 'hsl(212 75% 50%)' : 'hsl(' + Math.round(360 * i / count + 212) % 360 + ' 65% 52%)';
const axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
const number = (value) => value == null ? '–' : Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(4)));
for (const { title, unit, lines, logarithmic } of charts) {
  const section = document.createElement('section');
  const heading = section.appendChild(document.createElement('h2'));
  heading.textContent = title + ' ';
  heading.appendChild(document.createElement('small')).textContent = unit;
  document.getElementById('charts').append(section);
  const positive = logarithmic && lines.every(({ values }) => values.every((value) => value === null || value > 0));
  const sparse = lines.every(({ values }) => values.filter((value) => value !== null).length <= 60);
  const plot = new uPlot({
    width: section.clientWidth,
    height: 240,
    cursor: { sync: { key: 'steps' } },
    scales: { x: { time: false }, y: positive ? { distr: 3 } : {} },
    axes: [{ ...axis, values: (_, ticks) => ticks.map(number) }, { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => tick == null ? '' : number(tick)) }],
    series: [
      { label: 'step', value: (_, value) => number(value) },
      ...lines.map(({ name }, i) => ({ label: name, stroke: colour(i, lines.length), width: 1.5, spanGaps: true, points: { show: sparse && lines.length === 1 }, value: (_, value) => number(value) })),
    ],
  }, [steps, ...lines.map(({ values }) => values)], section);
  addEventListener('resize', () => plot.setSize({ width: section.clientWidth, height: 240 }));
}
`;

/** The page of `pmi inspect`: rankings and two plots, as one HTML file without a script. */
import type { CoveragePoint, LengthInspection, VocabularyEntry } from '../pmi/index.js';

export interface InspectionPage {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly score: string;
  readonly lengths: readonly LengthInspection[];
  /** Of texts that were given; empty if none were. */
  readonly coverage: readonly CoveragePoint[];
}

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
const number = (value: number) =>
  Math.abs(value) >= 1000 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(3)));

const [width, height, left, bottom, top, right] = [620, 300, 56, 40, 14, 14];

/** A plot over a logarithmic axis from 1 on. */
function plot(lines: readonly Line[], labels: { readonly x: string; readonly y: string }, points: boolean): string {
  const all = lines.flatMap((line) => line.points);
  const last = Math.max(10, ...all.map(([x]) => x));
  const first = Math.min(...all.map(([x]) => x));
  const ys = all.map(([, y]) => y);
  const step = niceStep(Math.min(0, ...ys), Math.max(...ys));
  const low = step * Math.floor(Math.min(0, ...ys) / step);
  const high = step * Math.ceil(Math.max(...ys) / step);
  const span = Math.log10(last) - Math.log10(first) || 1;
  const atX = (x: number) => left + ((width - left - right) * (Math.log10(x) - Math.log10(first))) / span;
  const atY = (y: number) => height - bottom - ((height - bottom - top) * (y - low)) / (high - low || 1);
  const decades = Array.from({ length: 10 }, (_, i) => 10 ** i).filter((x) => x >= first && x <= last);
  const rows = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  const grid = [
    ...decades.map(
      (x) =>
        `<line x1="${atX(x).toFixed(1)}" x2="${atX(x).toFixed(1)}" y1="${top}" y2="${height - bottom}"/><text x="${atX(x).toFixed(1)}" y="${height - bottom + 16}" text-anchor="middle">${number(x)}</text>`,
    ),
    ...rows.map(
      (y) =>
        `<line x1="${left}" x2="${width - right}" y1="${atY(y).toFixed(1)}" y2="${atY(y).toFixed(1)}"/><text x="${left - 6}" y="${(atY(y) + 4).toFixed(1)}" text-anchor="end">${number(y)}</text>`,
    ),
  ];
  const drawn = lines.map(({ points: given }, i) => {
    const places = given.map(([x, y]) => `${atX(x).toFixed(1)},${atY(y).toFixed(1)}`);
    const dots = points
      ? places.map((place) => `<circle class="c${i}" cx="${place.split(',')[0]}" cy="${place.split(',')[1]}" r="3"/>`)
      : [];
    return `<polyline class="c${i}" points="${places.join(' ')}"/>${dots.join('')}`;
  });
  const legend =
    lines.length > 1
      ? `<p class="legend">${lines.map(({ name }, i) => `<span class="c${i}">${escaped(name)}</span>`).join('')}</p>`
      : '';
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(`${labels.y} against ${labels.x}`)}"><g class="grid">${grid.join('')}</g>${drawn.join('')}<text class="label" x="${width - right}" y="${height - 6}" text-anchor="end">${escaped(labels.x)}</text></svg>${legend}`;
}

function niceStep(low: number, high: number): number {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

function table(entries: readonly VocabularyEntry[]): string {
  const rows = entries.map(
    ({ words, count, score }) =>
      `<tr><td>${escaped(words.join(' '))}</td><td>${count.toLocaleString('en-US')}</td><td>${score.toFixed(2)}</td></tr>`,
  );
  return `<table><tr><th>n-gram</th><th>count</th><th>score</th></tr>${rows.join('')}</table>`;
}

export function inspectionPage({ title, facts, score, lengths, coverage }: InspectionPage): string {
  const curves = lengths
    .filter(({ curve }) => curve.length > 0)
    .map(({ n, curve }) => ({ name: `${n} words`, points: curve }));
  const sections = lengths
    .filter(({ ngrams }) => ngrams > 0)
    .map(
      ({ n, ngrams, top: first, bottom: lowest }) =>
        `<section><h2>${n} words <small>${ngrams.toLocaleString('en-US')} n-grams</small></h2><div class="pair"><div><h3>top</h3>${table(first)}</div><div><h3>bottom</h3>${table(lowest)}</div></div></section>`,
    );
  const covered =
    coverage.length === 0
      ? ''
      : `<section><h2>Coverage <small>share of the words of the given texts that stand in an n-gram, against the size of the list</small></h2>${plot([{ name: 'coverage', points: coverage.map(({ size, share }) => [size, share] as const) }], { x: 'n-grams in the list', y: 'coverage' }, true)}</section>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<dl>${facts.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
<main>
<section><h2>Score against rank <small>${escaped(score)}, by length</small></h2>${plot(curves, { x: 'rank', y: 'score' }, false)}</section>
${covered}
${sections.join('\n')}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #66707d; --line: #d9dee5; --page: #fff; --c0: #2463c9; --c1: #c2511c; --c2: #2f8a4c; --c3: #8a46b8; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --soft: #98a2b0; --line: #333b46; --page: #14181e; --c0: #6fa3f5; --c1: #f0935f; --c2: #6cc98a; --c3: #c493ea; } }
body { margin: 2rem auto; max-width: 84rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 0 0 .4rem; } h2 small { font-weight: normal; color: var(--soft); } h3 { font-size: .85rem; margin: .4rem 0; color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; } dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 36rem), 1fr)); gap: 2.5rem; margin-top: 2rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; } section { min-width: 0; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; font-variant-numeric: tabular-nums; }
td, th { border-top: 1px solid var(--line); padding: .15rem .3rem; text-align: right; font-weight: normal; } th { color: var(--soft); } td:first-child, th:first-child { text-align: left; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--soft); } .grid line { stroke: var(--line); }
polyline { fill: none; stroke-width: 1.8; } polyline.c0 { stroke: var(--c0); } polyline.c1 { stroke: var(--c1); } polyline.c2 { stroke: var(--c2); } polyline.c3 { stroke: var(--c3); } circle.c0 { fill: var(--c0); }
.legend { display: flex; gap: 1.2rem; font-size: .85rem; margin: .2rem 0; } .legend span::before { content: '— '; font-weight: bold; } span.c0 { color: var(--c0); } span.c1 { color: var(--c1); } span.c2 { color: var(--c2); } span.c3 { color: var(--c3); }
`;

/** The comparison as one SVG that needs nothing else. */
import { groupsOf, meanOf } from './plan.mjs';
import { pairCounts, shotCounts } from './tasks.mjs';

const colours = {
  attention: '#8c8c8c',
  rotary: '#4269d0',
  mamba: '#ff725c',
  'hybrid-1-7': '#3ca951',
  'hybrid-1-3': '#1b7837',
  'hybrid-moe': '#a463f2',
  'hybrid-no-norms': '#efb118',
};
const width = 1060;
const panel = { width: 440, height: 230 };

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;');
const text = (x, y, content, attributes = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped(content)}</text>`;
const line = (x1, y1, x2, y2, attributes) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" ${attributes}/>`;

/** A linear scale. */
const scale = (from, to, low, high) => (value) => low + ((value - from) / (to - from)) * (high - low);

/** One mark per run, and the mean of each group as a bar, from left to right. */
function dots(groups, valuesOf, { title, from, to, digits, ticks }) {
  const y = scale(from, to, panel.height, 0);
  const x = (i) => ((i + 0.5) * panel.width) / groups.length;
  const parts = [text(0, -14, title, 'class="title"')];
  for (const tick of ticks) {
    parts.push(
      line(0, y(tick), panel.width, y(tick), 'class="grid"'),
      text(-6, y(tick) + 4, tick, 'text-anchor="end"'),
    );
  }
  groups.forEach((group, i) => {
    const values = valuesOf(group);
    if (values.length === 0) return;
    const mean = meanOf(values);
    const colour = colours[group.variant];
    parts.push(line(x(i) - 14, y(mean), x(i) + 14, y(mean), `stroke="${colour}" stroke-width="3"`));
    for (const value of values) {
      parts.push(
        `<circle cx="${x(i).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3.5" fill="${colour}" fill-opacity="0.6"/>`,
      );
    }
    parts.push(text(x(i), y(Math.max(...values)) - 8, mean.toFixed(digits), 'text-anchor="middle" class="value"'));
  });
  return parts;
}

/** A line for each group through points [x, y]. */
function curves(groups, pointsOf, { title, xTicks, xFrom, xTo, from, to, ticks, xTitle, logarithmic = false }) {
  const warp = logarithmic ? Math.log10 : (value) => value;
  const y = scale(warp(from), warp(to), panel.height, 0);
  const x = scale(xFrom, xTo, 0, panel.width);
  const parts = [
    text(0, -14, title, 'class="title"'),
    text(panel.width / 2, panel.height + 34, xTitle, 'text-anchor="middle"'),
  ];
  for (const tick of ticks) {
    const at = y(warp(tick));
    parts.push(line(0, at, panel.width, at, 'class="grid"'), text(-6, at + 4, tick, 'text-anchor="end"'));
  }
  for (const tick of xTicks) parts.push(text(x(tick), panel.height + 16, tick, 'text-anchor="middle"'));
  for (const group of groups) {
    const dash = group.times > 1 ? 'stroke-dasharray="6 4"' : '';
    for (const points of pointsOf(group)) {
      const path = points.map(([a, b]) => `${x(a).toFixed(1)},${y(warp(Math.max(b, from))).toFixed(1)}`).join(' ');
      parts.push(
        `<polyline points="${path}" fill="none" stroke="${colours[group.variant]}" stroke-width="2" ${dash}/>`,
      );
    }
  }
  return parts;
}

const legend = (groups) =>
  groups.flatMap(({ title, variant, times }, i) => {
    const [x, y] = [(i % 3) * 320, Math.floor(i / 3) * 20];
    const dash = times > 1 ? 'stroke-dasharray="6 4"' : '';
    return [
      line(x, y - 4, x + 24, y - 4, `stroke="${colours[variant]}" stroke-width="3" ${dash}`),
      text(x + 32, y, title),
    ];
  });

const place = (x, y, parts) => `<g transform="translate(${x} ${y})">\n${parts.join('\n')}\n</g>`;

/** @param {object[]} runs of one number of steps */
export function drawFigure(runs) {
  const groups = groupsOf(runs);
  const plain = groups.filter(({ times }) => times === 1);
  const finished = ({ runs }) => runs.filter(({ diverged }) => diverged === undefined);
  const bits = groups.flatMap((group) => finished(group).map(({ bitsPerByte }) => bitsPerByte));
  const [least, most] = [Math.floor(Math.min(...bits) * 10) / 10, Math.ceil(Math.max(...bits) * 10) / 10 + 0.05];
  const bitTicks = Array.from({ length: 5 }, (_, i) => Number((least + ((most - 0.05 - least) * i) / 4).toFixed(2)));
  const hundred = [0, 20, 40, 60, 80, 100];
  const normed = groups.filter(({ variant }) => groups.some((other) => other.variant === variant && other.times > 1));
  const activations = normed.flatMap(({ runs }) =>
    runs.flatMap(({ curve }) => curve.map(({ activation }) => activation)),
  );
  const steps = Math.max(...runs.map(({ steps }) => steps));
  const parts = [
    place(
      60,
      40,
      dots(plain, (group) => finished(group).map(({ bitsPerByte }) => bitsPerByte), {
        title: 'Text, held-out bits per byte (lower is better)',
        from: least,
        to: most,
        digits: 3,
        ticks: bitTicks,
      }),
    ),
    place(
      590,
      40,
      curves(
        plain,
        (group) =>
          finished(group).length === 0
            ? []
            : [pairCounts.map((pairs) => [pairs, 100 * meanOf(finished(group).map(({ recall }) => recall[pairs]))])],
        {
          title: 'Recall: values answered rightly, % (16 pairs at most in training)',
          xTitle: 'pairs in the prompt',
          xTicks: pairCounts,
          xFrom: pairCounts[0],
          xTo: pairCounts[pairCounts.length - 1],
          from: 0,
          to: 100,
          ticks: hundred,
        },
      ),
    ),
    place(
      60,
      350,
      dots(
        plain,
        (group) => finished(group).map(({ formatKept }) => 100 * meanOf(shotCounts.map((shots) => formatKept[shots]))),
        {
          title: 'Format: answers that are a label of the prompt in its form, %',
          from: 0,
          to: 105,
          digits: 0,
          ticks: hundred,
        },
      ),
    ),
    place(
      590,
      350,
      curves(normed, ({ runs }) => runs.map(({ curve }) => curve.map(({ step, activation }) => [step, activation])), {
        title: 'Largest |activation| with and without inner norms (log)',
        xTitle: 'step',
        xTicks: [0, steps / 2, steps],
        xFrom: 0,
        xTo: steps,
        from: 0.1,
        to: Math.max(10, ...activations),
        ticks: [0.1, 1, 10, 100, 1000].filter((tick) => tick <= Math.max(10, ...activations)),
        logarithmic: true,
      }),
    ),
    place(60, 660, legend(groups)),
  ];
  const style =
    'text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:12.5px;font-weight:600}.value{font-size:11px}.grid{stroke:#ddd}';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 730" width="${width}" height="730" role="img" aria-label="Attention, Mamba and their hybrids compared">
<style>${style}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

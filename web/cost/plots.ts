/** Line plots that follow the page: its width, its colours in the light and in the dark, and a table for who cannot see them. */
import uPlot from 'uplot';
import type { Plot } from './view.js';

const height = 280;
/** Told apart by colour and by dashes. */
const dashes: readonly number[][] = [[], [9, 5], [3, 4], [12, 4, 3, 4]];

/** Draws plots into `host`, in place of those that it has. */
export class PlotArea {
  private charts: uPlot[] = [];
  private plots: readonly Plot[] = [];

  constructor(private readonly host: HTMLElement) {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw(this.plots));
    new ResizeObserver(() => {
      for (const chart of this.charts) chart.setSize({ width: this.width(chart.root.parentElement!), height });
    }).observe(host);
  }

  draw(plots: readonly Plot[]): void {
    for (const chart of this.charts) chart.destroy();
    this.plots = plots;
    this.host.replaceChildren(...plots.map((plot) => this.figure(plot)));
    // A chart measures its place, so that it comes after that is in the page.
    this.charts = plots.map((plot, i) => this.chart(plot, this.host.children[i]!.querySelector('.chart')!));
  }

  private figure({ title, note, x, series, formatX, formatY }: Plot): HTMLElement {
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    const heading = document.createElement('h3');
    heading.textContent = title;
    const text = document.createElement('p');
    text.textContent = note;
    caption.append(heading, text);
    const chart = document.createElement('div');
    chart.className = 'chart';
    chart.setAttribute('role', 'img');
    chart.setAttribute('aria-label', `${title}. The numbers are in the table below.`);
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    summary.textContent = 'The numbers of this plot';
    const rows = x.values.map((value, i) => [
      formatX(value),
      ...series.map(({ values }) => (values[i] == null ? '–' : formatY(values[i]!))),
    ]);
    details.append(summary, table([x.label, ...series.map(({ label }) => label)], rows));
    figure.append(caption, chart, details);
    return figure;
  }

  private chart({ x, y, series, formatX, formatY }: Plot, host: HTMLElement): uPlot {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const font = `12px ${colour('--font')}`;
    const axis = (
      { label, logarithmic }: { label: string; logarithmic?: boolean },
      format: (value: number) => string,
      size?: number,
    ): uPlot.Axis => ({
      label,
      labelFont: font,
      font,
      stroke: colour('--text-quiet'),
      grid: {
        stroke: colour('--rule'),
        width: 1,
        // Between the powers of ten no lines: they would be a grey field.
        ...(logarithmic
          ? { filter: (_: uPlot, splits: number[]) => splits.map((at) => (isPower(at) ? at : null)) }
          : {}),
      },
      ticks: { stroke: colour('--rule'), width: 1 },
      // Of logarithmic ticks those that are not to be shown come as null.
      values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))),
      ...(size === undefined ? {} : { size }),
    });
    const options: uPlot.Options = {
      width: this.width(host),
      height,
      // Room for half of the last mark's words.
      padding: [null, 28, null, null],
      scales: {
        x: { time: false, distr: x.base === undefined ? 1 : 3, log: x.base ?? 10 },
        y: { distr: y.logarithmic ? 3 : 1, ...(y.logarithmic ? {} : { range: (_, __, max) => [0, max * 1.06 || 1] }) },
      },
      axes: [
        { ...axis({ label: x.label, logarithmic: x.base !== undefined }, formatX), space: 64 },
        { ...axis(y, formatY, 84), labelSize: 24 },
      ],
      series: [
        { label: x.label, value: (_, value) => (value == null ? '' : formatX(value)) },
        ...series.map(({ label }, i) => ({
          label,
          stroke: colour(`--series-${(i % 4) + 1}`),
          width: 2.5,
          dash: dashes[i % dashes.length]!,
          points: { show: x.values.length < 24, size: 6 },
          value: (_: uPlot, value: number | null) => (value == null ? '' : formatY(value)),
        })),
      ],
      legend: { live: true },
    };
    return new uPlot(options, [[...x.values], ...series.map(({ values }) => [...values])] as uPlot.AlignedData, host);
  }

  private width(host: HTMLElement): number {
    return Math.max(240, Math.floor(host.clientWidth));
  }
}

/** A power of ten or of two: where a logarithmic axis has its marks. */
const isPower = (value: number): boolean =>
  [Math.log10(value), Math.log2(value)].some((power) => Math.abs(power - Math.round(power)) < 1e-9);

/** A table of texts, the first column a heading of its row, in a box that scrolls sideways by itself. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'scroll';
  box.tabIndex = 0;
  const element = document.createElement('table');
  const numeric = head.map((_, i) => i > 0 && rows.every((cells) => /^[-–<]|^[$\d]/.test(cells[i] ?? '')));
  const line = (cells: readonly string[], tags: (i: number) => 'th' | 'td') => {
    const row = document.createElement('tr');
    cells.forEach((text, i) => {
      const cell = document.createElement(tags(i));
      cell.textContent = text;
      if (numeric[i]) cell.className = 'number';
      row.append(cell);
    });
    return row;
  };
  const top = document.createElement('thead');
  top.append(line(head, () => 'th'));
  const body = document.createElement('tbody');
  body.append(...rows.map((cells) => line(cells, (i) => (i === 0 ? 'th' : 'td'))));
  element.append(top, body);
  box.append(element);
  return box;
}

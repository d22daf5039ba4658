/**
 * The report's program: reads what the command wrote into the page, shows the answer, and computes it anew with the same
 * library whenever an assumption is changed. It asks nobody for anything.
 */
import { ControlTable } from './controls.js';
import { glossary } from './glossary.js';
import { PlotArea, table } from './plots.js';
import { type Report, viewOf } from './report.js';
import type { Answer, Figure } from './view.js';

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

function text(tag: string, content: string, className?: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = content;
  if (className !== undefined) made.className = className;
  return made;
}

function figure({ id, label, value, note }: Figure): HTMLElement {
  const box = text('div', '', 'figure');
  box.dataset.figure = id;
  box.append(text('dt', label), text('dd', value, 'value'));
  if (note !== undefined) box.append(text('dd', note, 'note'));
  return box;
}

function show({ headline, figures, plots, tables, warnings }: Answer, area: PlotArea): void {
  element('headline').textContent = headline;
  element('figures').replaceChildren(...figures.map(figure));
  element('warnings').replaceChildren(...warnings.map((warning) => text('p', warning, 'warning')));
  area.draw(plots);
  element('tables').replaceChildren(
    ...tables.flatMap(({ title, note, head, rows }) => [
      text('h2', title),
      ...(note === undefined ? [] : [text('p', note)]),
      table(head, rows),
    ]),
  );
}

function start(): void {
  const report = JSON.parse(element('report').textContent ?? '') as Report;
  const view = viewOf(report);
  const model = report.models.map(({ name }) => name).join(', ') || 'No model in particular';
  document.title = `${view.title}: ${model}`;
  element('title').textContent = view.title;
  element('model').textContent = model;
  element('made').textContent = `made on ${report.date} by jambalaya ${report.version}`;
  const area = new PlotArea(element('plots'));
  const refresh = () => {
    element('reset').toggleAttribute('disabled', !controls.edited);
    const problem = element('problem');
    try {
      show(view.compute(controls.current), area);
      problem.hidden = true;
    } catch (error) {
      // The last answer stays, but not as the answer to what is asked now.
      const { message, hint } = error as Error & { hint?: string };
      problem.textContent = hint === undefined ? message : `${message} (${hint})`;
      problem.hidden = false;
    }
    document.body.classList.toggle('stale', !problem.hidden);
  };
  const controls = new ControlTable(element('controls'), element('more-controls'), view.controls, refresh);
  element('reset').addEventListener('click', () => controls.reset());
  element('glossary').append(...glossary.flatMap(([term, meaning]) => [text('dt', term), text('dd', meaning)]));
  refresh();
}

start();

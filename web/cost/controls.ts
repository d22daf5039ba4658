/** The table of assumptions: each can be changed where it stands, by number, slider or choice, and put back. */
import type { Range } from '../../src/cost/index.js';
import { type ChoiceControl, type Control, type ControlValue, type Scale, Values } from './view.js';

/** Steps of a slider; where they are too coarse, there is the number beside it. */
const sliderSteps = 400;

interface Row {
  readonly control: Control;
  readonly element: HTMLElement;
  /** Makes the fields say a value. */
  readonly show: (value: ControlValue) => void;
  value: ControlValue;
  /** What it is unless it is changed here: of a range that follows a choice, that choice's. */
  untouched: ControlValue;
}

export class ControlTable {
  private readonly rows = new Map<string, Row>();

  /** Rows go into `host`, those of interest to few into `folded`, which is hidden if there are none. */
  constructor(
    host: HTMLElement,
    folded: HTMLElement,
    controls: readonly Control[],
    private readonly changed: () => void,
  ) {
    for (const control of controls) {
      const row = this.row(control);
      (control.advanced ? folded : host).append(row.element);
      this.rows.set(control.id, row);
    }
    folded.parentElement!.hidden = !controls.some(({ advanced }) => advanced);
    this.showAll();
  }

  get current(): Values {
    return new Values(new Map([...this.rows].map(([id, { value }]) => [id, value])));
  }

  /** Whether anything is other than at first. */
  get edited(): boolean {
    return [...this.rows.values()].some(({ control, value }) => !same(value, control.value));
  }

  reset(): void {
    for (const row of this.rows.values()) {
      row.value = row.control.value;
      row.untouched = row.control.value;
    }
    this.showAll();
    this.changed();
  }

  private set(id: string, value: ControlValue): void {
    this.rows.get(id)!.value = value;
    for (const row of this.rows.values()) {
      if (row.control.kind !== 'range' || row.control.follows?.id !== id) continue;
      row.value = row.control.follows.value(String(value));
      row.untouched = row.value;
    }
    this.showAll();
    this.changed();
  }

  private showAll(): void {
    for (const { element, show, value, untouched } of this.rows.values()) {
      show(value);
      element.classList.toggle('edited', !same(value, untouched));
    }
  }

  private row(control: Control): Row {
    const element = document.createElement('div');
    element.className = 'control';
    element.dataset.control = control.id;
    const label = document.createElement('label');
    label.htmlFor = `control-${control.id}${control.kind === 'range' ? '-low' : ''}`;
    label.textContent = control.label;
    const help = document.createElement('p');
    help.id = `help-${control.id}`;
    help.textContent = control.help;
    const fields = document.createElement('div');
    fields.className = 'fields';
    const show = this.fields(control, fields);
    element.append(label, fields, help);
    return { control, element, show, value: control.value, untouched: control.value };
  }

  private fields(control: Control, host: HTMLElement): (value: ControlValue) => void {
    const { id, label } = control;
    const describedBy = `help-${id}`;
    if (control.kind === 'choice') return choiceField(control, host, describedBy, (value) => this.set(id, value));
    if (control.kind === 'number') {
      const line = numberLine(control, { id: `control-${id}`, name: label, describedBy }, (value) =>
        this.set(id, value),
      );
      host.append(line.element);
      return (value) => line.show(value as number);
    }
    const end = (which: keyof Range, words: string) => {
      const names = { id: `control-${id}-${which}`, name: `${label}, ${words}`, describedBy };
      const line = numberLine({ ...control, unit: `${control.unit ?? ''} ${words}`.trim() }, names, (value) => {
        this.set(id, { ...(this.rows.get(id)!.value as Range), [which]: value });
      });
      host.append(line.element);
      return line;
    };
    const [low, high] = [end('low', 'at least'), end('high', 'at most')];
    return (value) => {
      low.show((value as Range).low);
      high.show((value as Range).high);
    };
  }
}

const same = (a: ControlValue, b: ControlValue): boolean => JSON.stringify(a) === JSON.stringify(b);

function choiceField(
  { id, options }: ChoiceControl,
  host: HTMLElement,
  describedBy: string,
  set: (value: string) => void,
): (value: ControlValue) => void {
  const select = document.createElement('select');
  select.id = `control-${id}`;
  select.setAttribute('aria-describedby', describedBy);
  select.append(...options.map(({ value, label }) => new Option(label, value)));
  select.addEventListener('change', () => set(select.value));
  host.append(select);
  return (value) => {
    select.value = value as string;
  };
}

/** A number, its unit and its slider. */
function numberLine(
  scale: Scale,
  { id, name, describedBy }: { readonly id: string; readonly name: string; readonly describedBy: string },
  set: (value: number) => void,
): { element: HTMLElement; show: (value: number) => void } {
  const element = document.createElement('div');
  element.className = 'line';
  const input = document.createElement('input');
  input.id = id;
  input.type = 'number';
  input.inputMode = scale.whole ? 'numeric' : 'decimal';
  input.step = scale.whole ? '1' : 'any';
  input.min = String(scale.min);
  input.setAttribute('aria-label', name);
  input.setAttribute('aria-describedby', describedBy);
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.min = '0';
  slider.max = String(sliderSteps);
  slider.setAttribute('aria-label', `${name}, slider`);
  const unit = document.createElement('span');
  unit.className = 'unit';
  unit.textContent = scale.unit ?? '';
  // What is out of range or no number is for the library to refuse: it says why.
  input.addEventListener('change', () => set(input.value.trim() === '' ? Number.NaN : Number(input.value)));
  slider.addEventListener('input', () => set(fromSlider(scale, Number(slider.value))));
  element.append(input, unit, slider);
  return {
    element,
    show: (value) => {
      if (Number.isFinite(value)) input.value = String(value);
      slider.value = String(toSlider(scale, value));
    },
  };
}

function fromSlider({ min, max, logarithmic, whole }: Scale, position: number): number {
  const part = position / sliderSteps;
  const value = logarithmic ? min * (max / min) ** part : min + (max - min) * part;
  if (whole && value < 1e4) return Math.round(value);
  return Number(value.toPrecision(3));
}

function toSlider({ min, max, logarithmic }: Scale, value: number): number {
  const part = logarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Number.isFinite(part) ? Math.round(sliderSteps * Math.min(1, Math.max(0, part))) : 0;
}

/** The table of assumptions: each can be changed where it stands, by number, slider or choice, and put back. */
import { type Control, type NumberControl, Values } from './view.js';

/** Steps of a slider; where they are too coarse, there is the number beside it. */
const sliderSteps = 400;

export class ControlTable {
  private readonly values = new Map<string, string | number>();
  private readonly rows = new Map<string, { control: Control; show: () => void; row: HTMLElement }>();

  constructor(
    host: HTMLElement,
    controls: readonly Control[],
    private readonly changed: () => void,
  ) {
    for (const control of controls) {
      this.values.set(control.id, control.value);
      host.append(this.row(control));
    }
    this.showAll();
  }

  get current(): Values {
    return new Values(new Map(this.values));
  }

  /** Whether anything is other than at first. */
  get edited(): boolean {
    return [...this.rows.values()].some(({ control }) => this.values.get(control.id) !== control.value);
  }

  reset(): void {
    for (const { control } of this.rows.values()) this.values.set(control.id, control.value);
    this.showAll();
    this.changed();
  }

  private set(id: string, value: string | number): void {
    this.values.set(id, value);
    this.showAll();
    this.changed();
  }

  private showAll(): void {
    for (const { control, show, row } of this.rows.values()) {
      show();
      row.classList.toggle('edited', this.values.get(control.id) !== control.value);
    }
  }

  private row(control: Control): HTMLElement {
    const row = document.createElement('div');
    row.className = 'control';
    row.dataset.control = control.id;
    const label = document.createElement('label');
    label.htmlFor = `control-${control.id}`;
    label.textContent = control.label;
    const help = document.createElement('p');
    help.id = `help-${control.id}`;
    help.textContent = control.help;
    const fields = document.createElement('div');
    fields.className = 'fields';
    const show = control.kind === 'choice' ? this.choice(control, fields) : this.number(control, fields);
    row.append(label, fields, help);
    this.rows.set(control.id, { control, show, row });
    return row;
  }

  private choice(control: Extract<Control, { kind: 'choice' }>, fields: HTMLElement): () => void {
    const select = document.createElement('select');
    select.id = `control-${control.id}`;
    select.setAttribute('aria-describedby', `help-${control.id}`);
    select.append(...control.options.map(({ value, label }) => new Option(label, value)));
    select.addEventListener('change', () => this.set(control.id, select.value));
    fields.append(select);
    return () => {
      select.value = this.values.get(control.id) as string;
    };
  }

  private number(control: NumberControl, fields: HTMLElement): () => void {
    const input = document.createElement('input');
    input.id = `control-${control.id}`;
    input.type = 'number';
    input.inputMode = control.whole ? 'numeric' : 'decimal';
    input.step = control.whole ? '1' : 'any';
    input.min = String(control.min);
    input.setAttribute('aria-describedby', `help-${control.id}`);
    const slider = document.createElement('input');
    slider.type = 'range';
    slider.min = '0';
    slider.max = String(sliderSteps);
    slider.setAttribute('aria-label', control.label);
    input.addEventListener('change', () => {
      // What is out of range or no number is for the library to refuse: it says why.
      this.set(control.id, input.value.trim() === '' ? Number.NaN : Number(input.value));
    });
    slider.addEventListener('input', () => this.set(control.id, fromSlider(control, Number(slider.value))));
    const unit = document.createElement('span');
    unit.className = 'unit';
    unit.textContent = control.unit ?? '';
    fields.append(input, unit, slider);
    return () => {
      const value = this.values.get(control.id) as number;
      if (Number.isFinite(value)) input.value = String(value);
      slider.value = String(toSlider(control, value));
    };
  }
}

function fromSlider({ min, max, logarithmic, whole }: NumberControl, position: number): number {
  const part = position / sliderSteps;
  const value = logarithmic ? min * (max / min) ** part : min + (max - min) * part;
  if (whole) return Math.round(value);
  return Number(value.toPrecision(3));
}

function toSlider({ min, max, logarithmic }: NumberControl, value: number): number {
  const part = logarithmic ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Number.isFinite(part) ? Math.round(sliderSteps * Math.min(1, Math.max(0, part))) : 0;
}

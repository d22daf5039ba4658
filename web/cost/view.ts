/** What a page shows, as data: every command of the planner is a view, and the page knows how to draw any of them. */
import type { Range } from '../../src/cost/index.js';

interface ControlBase {
  readonly id: string;
  readonly label: string;
  /** One sentence for somebody who does not do this for a living. */
  readonly help: string;
  /** Of interest to few: folded away. */
  readonly advanced?: boolean;
}

/** What a number may be, and how a slider gets there. */
export interface Scale {
  readonly unit?: string;
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  /** The slider moves by factors instead of steps. */
  readonly logarithmic?: boolean;
}

export interface NumberControl extends ControlBase, Scale {
  readonly kind: 'number';
  readonly value: number;
}

/** The two ends of what is known no better. */
export interface RangeControl extends ControlBase, Scale {
  readonly kind: 'range';
  readonly value: Range;
  /** The choice that the range starts from anew whenever it changes. */
  readonly follows?: { readonly id: string; readonly value: (choice: string) => Range };
}

export interface ChoiceControl extends ControlBase {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
}

export type Control = NumberControl | RangeControl | ChoiceControl;
export type ControlValue = Control['value'];

/** What the controls say now. */
export class Values {
  constructor(private readonly values: ReadonlyMap<string, ControlValue>) {}

  number(id: string): number {
    return this.values.get(id) as number;
  }

  range(id: string): Range {
    return this.values.get(id) as Range;
  }

  text(id: string): string {
    return this.values.get(id) as string;
  }
}

/** One figure of the answer. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

export interface Plot {
  readonly title: string;
  readonly note: string;
  readonly x: {
    readonly label: string;
    readonly values: readonly number[];
    /** Marks at powers of this; even steps without. */
    readonly base?: 2 | 10;
  };
  readonly y: { readonly label: string; readonly logarithmic?: boolean };
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
}

export interface Table {
  readonly title: string;
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Answer {
  /** One sentence. */
  readonly headline: string;
  readonly figures: readonly Figure[];
  readonly plots: readonly Plot[];
  readonly tables: readonly Table[];
  /** What the reader must not miss. */
  readonly warnings: readonly string[];
}

export interface View {
  readonly title: string;
  readonly controls: readonly Control[];
  /** Everything anew from what the controls say. Throws where that is impossible. */
  compute(values: Values): Answer;
}

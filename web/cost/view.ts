/** What a page shows, as data: every command of the planner is a view, and the page knows how to draw any of them. */

export interface NumberControl {
  readonly kind: 'number';
  readonly id: string;
  readonly label: string;
  /** One sentence for somebody who does not do this for a living. */
  readonly help: string;
  readonly unit?: string;
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  /** The slider moves by factors instead of steps. */
  readonly logarithmic?: boolean;
  readonly value: number;
}

export interface ChoiceControl {
  readonly kind: 'choice';
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
}

export type Control = NumberControl | ChoiceControl;

/** What the controls say now. */
export class Values {
  constructor(private readonly values: ReadonlyMap<string, string | number>) {}

  number(id: string): number {
    return this.values.get(id) as number;
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
  readonly x: { readonly label: string; readonly values: readonly number[]; readonly logarithmic?: boolean };
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

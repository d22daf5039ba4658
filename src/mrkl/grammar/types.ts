/** What the rules of the assistant's grammar read. An argument may be a question whose expert returns that type. */
import type { Rational } from '../exact/rational.js';
import type { Expression } from '../experts/calculator/expression.js';
import type { Form } from '../experts/calculator/forms.js';
import type { Filter } from '../experts/countries/countries.js';
import type { DateExpression, Duration, Period, TimeExpression } from '../experts/dates/expression.js';
import type { Step } from '../plan.js';
import type { UnitProduct } from '../quantities/units.js';
import type { Grammar } from './grammar.js';

export interface Currency {
  readonly code: string;
  /** What was taken for granted. */
  readonly assumption?: string;
}

export interface Types {
  number: Rational;
  integer: number;
  ordinal: number;
  roman: Rational;
  /** Sums down to atoms: the levels of an expression. */
  /** Anything that calculates: sums, and phrases such as `subtract 3 from 5`. */
  value: Expression;
  bracketed: Expression;
  expr: Expression;
  term: Expression;
  factor: Expression;
  operand: Expression;
  atom: Expression;
  percent: Expression;
  list: readonly Expression[];
  items: readonly Expression[];
  imperative: Expression;
  /** Quantities that another expert gives: the area of a country, the days until a date. */
  asked: Expression;
  units: UnitProduct;
  unitList: readonly UnitProduct[];
  currency: Currency;
  rateCurrency: Currency;
  form: Form;
  places: Expression;
  /** A word for some thing, which the sentence does not depend on. */
  noun: string;
  date: DateExpression;
  /** A date that is not counted from another one. */
  plainDate: DateExpression;
  fixedDate: DateExpression;
  countedDate: DateExpression;
  spanDate: DateExpression;
  timeSpan: Duration;
  duration: Duration;
  span: Duration;
  period: Period;
  calendarUnit: 'week' | 'month' | 'quarter' | 'year';
  year: number;
  month: number;
  weekday: number;
  dayNumber: number;
  holiday: string;
  time: { readonly time: TimeExpression; readonly zone?: string };
  zonedTime: { readonly time: TimeExpression; readonly zone?: string };
  zone: string;
  country: string;
  /** A country by name, or by a question whose answer is one. */
  countryRef: string | Step;
  countryFilter: Filter;
  capital: string;
  region: string;
  language: string;
  question: Step;
}

export type AskGrammar = Grammar<Types>;

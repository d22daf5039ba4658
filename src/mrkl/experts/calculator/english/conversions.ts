/** Units as words, and conversions: `how many cups are in 2 gallons`, `350 F to C`, `five feet six in centimetres`. */
import { fromInteger } from '../../../exact/rational.js';
import type { Input, Parse } from '../../../grammar/grammar.js';
import type { AskGrammar } from '../../../grammar/types.js';
import { Step } from '../../../plan.js';
import {
  compoundNames,
  compoundUnit,
  multiplyUnits,
  type UnitProduct,
  unitNames,
  unitsNamed,
} from '../../../quantities/units.js';
import { wordlikeSymbols } from '../../../quantities/unitTable.js';
import { binary, type Expression, numberOf } from '../expression.js';
import { calculatorStep } from './step.js';

const longestName = 4;

/** Units by name; a later unit of a shared name costs more. */
function named(input: Input, at: number): Parse<UnitProduct>[] {
  const found: Parse<UnitProduct>[] = [];
  for (let words = Math.min(longestName, input.length - at); words > 0; words--) {
    const name = Array.from({ length: words }, (_, i) => input.text(at + i)).join(' ');
    const product = compoundUnit(name);
    if (product !== undefined) found.push({ end: at + words, value: product, cost: 0 });
    if (words === 1 && wordlikeSymbols.has(name) && !isAfterNumber(input, at) && !/^[cfk]$/.test(name)) continue;
    unitsNamed(name, input.locale).forEach((unit, i) => {
      found.push({
        end: at + words,
        value: [{ unit, power: 1 }],
        cost: 0.5 * i + (words === 1 && wordlikeSymbols.has(name) ? 0.3 : 0),
      });
    });
  }
  // 350°F, 20 ° C
  if (input.text(at) === '°') {
    const unit = /^(c|celsius)$/.test(input.text(at + 1) ?? '')
      ? '°c'
      : /^(f|fahrenheit)$/.test(input.text(at + 1) ?? '')
        ? '°f'
        : '°';
    for (const value of unitsNamed(unit, input.locale))
      found.push({ end: at + (unit === '°' ? 1 : 2), value: [{ unit: value, power: 1 }], cost: 0 });
  }
  return found;
}

const isAfterNumber = (input: Input, at: number): boolean => {
  const before = input.tokens[at - 1];
  return before?.kind === 'number' || (before?.text === '/' && input.tokens[at - 2]?.kind === 'word');
};

const powers: Readonly<Record<string, number>> = { square: 2, sq: 2, cubic: 3, cu: 3 };

function simple(input: Input, at: number): Parse<UnitProduct>[] {
  const power = powers[input.text(at) ?? ''];
  if (power !== undefined)
    return named(input, at + 1).flatMap((unit) =>
      unit.value.length === 1 ? [{ ...unit, value: [{ unit: unit.value[0]!.unit, power }] }] : [],
    );
  return named(input, at).flatMap((unit) => {
    const [entry] = unit.value;
    const text = input.text(unit.end);
    const exponent =
      text === 'squared'
        ? 2
        : text === 'cubed'
          ? 3
          : text === '^' && /^[23]$/.test(input.text(unit.end + 1) ?? '')
            ? Number(input.text(unit.end + 1))
            : undefined;
    if (exponent === undefined || unit.value.length !== 1) return [unit];
    return [
      { end: unit.end + (text === '^' ? 2 : 1), value: [{ unit: entry!.unit, power: exponent }], cost: unit.cost },
      unit,
    ];
  });
}

function units(input: Input, at: number): Parse<UnitProduct>[] {
  return simple(input, at).flatMap((top) => {
    const text = input.text(top.end);
    const perWord =
      text === 'per' ||
      text === '/' ||
      ((text === 'a' || text === 'an') && /^(second|minute|hour|day)$/.test(input.text(top.end + 1) ?? ''));
    if (!perWord) return [top];
    const quotients = simple(input, top.end + 1).map((bottom) => {
      const inverse = bottom.value.map(({ unit, power }) => ({ unit, power: -power }));
      return { end: bottom.end, value: [...top.value, ...inverse], cost: top.cost + bottom.cost };
    });
    return [...quotients, top];
  });
}

const one = numberOf(fromInteger(1));
const quantity = (u: UnitProduct): Expression => ({ kind: 'quantity', of: one, units: u });
const convert = (x: Expression, list: readonly UnitProduct[], input: Input): Step => {
  const notes = assumptions(list, input);
  return new Step('calculator', calculatorStep({ kind: 'convert', of: x, units: list }).input, notes);
};

function assumptions(list: readonly UnitProduct[], { locale }: Input): string[] {
  const variants = list.flat().filter(({ unit }) => unit.system !== undefined);
  return variants.length === 0
    ? []
    : [`${[...new Set(variants.map(({ unit }) => unit.name))].join(', ')} (locale ${locale})`];
}

export function addConversions(g: AskGrammar): void {
  g.know([...unitNames()].flatMap((name) => name.split(' ').filter((word) => word.length > 2))).know(
    compoundNames.flatMap((name) => name.split(' ')),
  );
  g.rule('units', units);
  g.rule('unitList', (input, at) => {
    const found: Parse<readonly UnitProduct[]>[] = [];
    for (const first of g.read('units', input, at)) {
      found.push({ ...first, value: [first.value] });
      let from = first.end;
      if (input.text(from) === ',' || input.text(from) === '&') from++;
      if (input.text(from) === 'and') from++;
      if (from === first.end) continue;
      for (const second of g.read('units', input, from)) {
        const same = multiplyUnits(first.value, second.value, -1);
        const larger = same.factor.n > same.factor.d;
        if (same.units.length === 0 && larger)
          found.push({ end: second.end, value: [first.value, second.value], cost: first.cost + second.cost });
      }
    }
    return found;
  });

  const to = '(in|to|into|as|in to|in terms of|expressed in|converted to|converted into|over to)';
  const how =
    '(how (do|would|can|could|should) (i|you|we|one)|how to|how does one|what is the (proper|best|right|correct|easiest)? (way|formula|method) (to|for)|help me (to)?|can you|show me how to|explain how to|tell me how to|i need to know how to|is there an easy way to|how would i go about|how do you go about)';
  type Slots = { x: Expression; u: readonly UnitProduct[] };
  const make = (slots: object, input: Input): Step => convert((slots as Slots).x, (slots as Slots).u, input);
  const is =
    '(is|are|were|be|equals|equal|is equal to|are equal to|would be|would it be|will be|make|makes|makes up|is there|are there|is in|are in|is there in|are there in|would be in|does it take to make|do i need for|do you need for|in|fit in|fit into|go into|per|are in the|does|do|is contained in|are contained in)';
  const only = '(only|exactly|just|a single|a total of|about|approximately)?';
  g.add(
    'question',
    `(${how})? (convert|converting|change|turn|translate|switch|transform|express)? (a|the|from)? {x:value} ${to} {u:unitList}`,
    make,
  );
  g.add(
    'question',
    `(how many|how much|what amount of|the number of|number of|what number of|amount of|the amount of) {u:unitList} ${is} ${only} {x:value} (equal|equals|have|has|hold|holds|contain|make|equate to|convert to|long|tall|is that|is)?`,
    make,
  );
  g.add(
    'question',
    `(how many|how much) {u:unitList} (can|could|would|will|do) (i|you|we) (get|have|fit|need|find|make|put) (in|from|for|with|out of|to make|if i have) ${only} {x:value}`,
    make,
  );
  g.add(
    'question',
    `(if|say|when) (i|you|we) (have|had|need|got|use|run|walk|drive|weigh) {x:value} (of something)? (how many|how much) {u:unitList} (is|are|would|do|did) (that|it|this|those|i|you|we)? (be|have|has|need|get|in total|equal)?`,
    make,
  );
  g.add(
    'question',
    `(how many|how much) {u:unitList} (would|will|do|is) (i|you|it|that) (be|need|have|get)? (if|when|for) (i|you) (have|had|need|got|weigh) {x:value}`,
    make,
  );
  g.add(
    'question',
    '{x:value} (is|equals|equal|=|are|is equal to|are equal to|is equivalent to|converts to|is the same as|makes|make|contains|would be|is about|comes to) (how many|how much|what in) {u:unitList} (again)?',
    make,
  );
  g.add(
    'question',
    `(how|what) (long|far|tall|heavy|big|much|hot|cold|fast|old|high|wide|deep|large) (is|are|would) {x:value} (be)? ${to} {u:unitList}`,
    make,
  );
  g.add(
    'question',
    `(what|how much) (would|will|does|do|did|are|is) (a|the)? {x:value} (be|equal|weigh|measure|come to|come out to|convert to|look like|equate to)? ${to} {u:unitList}`,
    make,
  );
  g.add('question', '{x:value} (=|is|equals|->|=>) (\\?|what)? {u:unitList}', make, 0.3);

  // How do I convert pounds to kilograms: the factor, and nothing to convert.
  type Pair = { a: UnitProduct; b: UnitProduct };
  const factor = (slots: object, input: Input): Step =>
    convert(quantity((slots as Pair).a), [(slots as Pair).b], input);
  g.add(
    'question',
    `(${how})? (convert|change|turn|converting|get|go from|switch|translate) (from)? (a|an|the)? {a:units} (to|into|in|in to) (a|an|the)? {b:units}`,
    factor,
    0.4,
  );
  g.add(
    'question',
    '(the)? (conversion|conversion rate|conversion factor|ratio|rate|formula) (between|from|for|of|for converting) {a:units} (and|to|into|in) {b:units}',
    factor,
    0.4,
  );
  g.add(
    'question',
    '(the)? {a:units} (to|into|and) {b:units} (conversion|conversion rate|conversion factor|ratio)',
    factor,
    0.4,
  );
  g.add(
    'question',
    `(how many|how much|what amount of|number of) {b:units} ${is} (a|an|one|each|every|the)? {a:units}`,
    factor,
    0.1,
  );

  g.add('question', '(the)? (how)? (are)? {a:units} (converted|changed) (to|into) {b:units}', factor, 0.4);
  g.add('question', '(the)? difference between {a:units} and {b:units}', factor, 0.6);
  g.add('question', '{a:units} (in|to) {b:units}', factor, 0.6);
  g.add(
    'question',
    `(if|when|say) (i|you|we) (have|had|got) {x:value} (how much|how many|what) (is|would) (that|it|this) (be)? ${to} {u:unitList}`,
    make,
  );
  g.add(
    'question',
    '(the)? area of (a|an|the)? {a:operand} (by|x|*) {b:operand} ({v:units})? (room|area|space|rectangle|house|floor|lot|field|yard|garden|rug)',
    ({ a, b, v }) => {
      const length = (x: Expression): Expression =>
        x.kind === 'quantity' || v === undefined ? x : { kind: 'quantity', of: x, units: v };
      return calculatorStep(binary('*', length(a), length(b)));
    },
  );
  // Rooms
  g.add(
    'question',
    'how many square {u:units} (is|are in|are there in|does|in) (a|an|the)? {a:operand} (by|x|*) {b:operand} ({v:units})? (room|area|space|rectangle|house|floor|lot|field|yard|garden|rug)? (have|cover)?',
    ({ u, a, b, v }) => {
      const [entry] = u;
      if (u.length !== 1 || entry!.power !== 1) return undefined;
      const side = v ?? u;
      const length = (x: Expression): Expression =>
        x.kind === 'quantity' ? x : { kind: 'quantity', of: x, units: side };
      return calculatorStep({
        kind: 'convert',
        of: binary('*', length(a), length(b)),
        units: [[{ unit: entry!.unit, power: 2 }]],
      });
    },
  );
}

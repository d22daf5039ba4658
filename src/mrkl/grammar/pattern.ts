/** Patterns of a grammar: `how (many|much) {unit:unit} (are|is)? in {amount:amount}` as elements. */

export type Element = { readonly optional: boolean } & (
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'choice'; readonly choices: readonly (readonly Element[])[] }
  | { readonly kind: 'slot'; readonly name: string; readonly rule: string }
);

/** Patterns are written by us: a wrong one is a defect. */
export function compilePattern(pattern: string): Element[] {
  const parts = pattern.match(/\{[^}]*\}|\)\?|[()|]|[^\s(){}|]+/g) ?? [];
  let at = 0;
  const sequence = (): Element[] => {
    const elements: Element[] = [];
    for (; at < parts.length && parts[at] !== '|' && !parts[at]!.startsWith(')'); at++)
      elements.push(element(parts[at]!));
    return elements;
  };
  const element = (part: string): Element => {
    if (part.startsWith('{')) {
      const [name = '', rule = ''] = part.slice(1, -1).split(':');
      return { kind: 'slot', name: name.replace('?', ''), rule, optional: false };
    }
    if (part !== '(') return { kind: 'word', text: part, optional: false };
    const choices: Element[][] = [];
    do {
      at++;
      choices.push(sequence());
    } while (parts[at] === '|');
    if (!parts[at]?.startsWith(')')) throw new Error(`pattern without end of a group: ${pattern}`);
    return { kind: 'choice', choices, optional: parts[at] === ')?' };
  };
  const elements = sequence();
  if (at < parts.length) throw new Error(`pattern with a bracket too many: ${pattern}`);
  return elements;
}

/** The words that a match may begin with; undefined where a slot may come first. */
export function firstWords(elements: readonly Element[]): ReadonlySet<string> | undefined {
  const words = new Set<string>();
  return collect(elements, words) === 'any' ? undefined : words;
}

function collect(elements: readonly Element[], words: Set<string>): 'any' | 'empty' | 'words' {
  for (const element of elements) {
    let mayBeEmpty = element.optional;
    if (element.kind === 'slot') return 'any';
    if (element.kind === 'word') words.add(element.text);
    else {
      for (const choice of element.choices) {
        const found = collect(choice, words);
        if (found === 'any') return 'any';
        if (found === 'empty') mayBeEmpty = true;
      }
    }
    if (!mayBeEmpty) return 'words';
  }
  return elements.length === 0 ? 'empty' : elements.every((e) => e.optional) ? 'empty' : 'any';
}

/**
 * What a match needs: of each of these groups one word has to stand somewhere in the question. It rules out most alternatives
 * before any of them is tried.
 */
export function neededWords(elements: readonly Element[]): (readonly string[])[] {
  const groups: (readonly string[])[] = [];
  for (const element of elements) {
    if (element.optional) continue;
    if (element.kind === 'word') groups.push([element.text]);
    if (element.kind !== 'choice') continue;
    const firsts = element.choices.map((choice) => neededWords(choice)[0]);
    if (firsts.every((group) => group !== undefined)) groups.push(firsts.flat());
  }
  return groups;
}

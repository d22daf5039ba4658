/** How people ask: an order in the words of the task, made a sentence in one of many ways. */
import { capitalized } from './words.mjs';

const beginnings = {
  '': ['', 'please ', 'now ', 'next, ', 'just ', 'kindly ', 'hi, ', 'hello, ', 'okay, ', 'thanks, now '],
  '?': ['can you ', 'could you ', 'would you ', 'will you ', 'can you please ', 'could you please ', 'hello, can you '],
  '.': ['I want you to ', 'I need you to ', 'I would like you to ', 'you should '],
};

/**
 * A request from an order such as "repeat the code 4821".
 *
 * @param {import('./random.mjs').Random} random
 * @param {string} order begins with a verb, in lower case, without a full stop
 */
export function asRequest(random, order) {
  const kind = random.weighted({ '': 7, '?': 3, '.': 1 });
  const beginning = kind === '' && random.chance(0.6) ? '' : random.pick(beginnings[kind]);
  const sentence = capitalized(`${beginning}${order}`);
  if (kind === '?') return `${sentence}${random.chance(0.9) ? '?' : ''}`;
  // Many people leave the full stop out, above all after a number.
  return `${sentence}${random.chance(0.55) ? '.' : ''}`;
}

/** `text` with each `{name}` replaced. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    if (!Object.hasOwn(values, name)) throw new RangeError(`expected a value for {${name}} in ${JSON.stringify(text)}`);
    return String(values[name]);
  });
}

/** A chat of questions with answers. */
export function conversation(turns) {
  return turns.flatMap(([user, assistant]) => [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ]);
}

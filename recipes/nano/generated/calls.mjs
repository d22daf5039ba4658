/** Requests that a tool serves, and requests that none at hand does. */
import { noToolFits } from '../sentences.mjs';
import { functions, otherRequests, someForm } from './functions.mjs';
import { asRequest, filled } from './wordings.mjs';
import { cities, fullName, things } from './words.mjs';

/** Tools of other topics and, of the same, those that do something else; at most `count`, none twice by name. */
function others(random, target, count) {
  const siblings = functions.filter((one) => one !== target && one.topic === target.topic);
  // The calculator and the single operations would both be right.
  const clash = (one) =>
    target.topic === 'arithmetic' && [one, target].some(({ names }) => names.includes('calculate'));
  const far = functions.filter((one) => one.topic !== target.topic);
  return Array.from({ length: count }, () => {
    const near = random.chance(0.5) ? siblings.filter((one) => !clash(one)) : [];
    return random.pick(near.length > 0 ? near : far);
  }).filter((one, i, all) => all.indexOf(one) === i);
}

function formsOf(random, chosen) {
  const forms = chosen.map((one) => ({ one, ...someForm(random, one) }));
  const names = new Set();
  return forms.filter(({ tool }) => !names.has(tool.function.name) && names.add(tool.function.name));
}

/** What the user says, what is called, and what comes out. */
function drawRequest(random, { one, call }, inWords) {
  const drawn = one.draw(random, inWords);
  const order = filled(drawn.request ?? random.pick(one.requests), drawn.values);
  // Bare formulas and sentences in the first person stand as they are.
  const request = /^[a-z]/.test(order) && !inWords ? asRequest(random, order) : sentence(random, order);
  return { request, call: call(drawn.arguments), result: drawn.result };
}

function sentence(random, order) {
  return /^\d/.test(order) ? order : asRequest(random, order);
}

export const served = {
  name: 'calls',

  /**
   * One to three requests, each a call; sometimes the result comes back and is said.
   *
   * @param {import('./random.mjs').Random} random
   * @param {{ turns?: number, inWords?: boolean, withResult?: boolean, tools?: number }} [of] drawn unless told
   */
  chat(random, { turns = random.between(1, 3), inWords, withResult, tools } = {}) {
    const target = random.pick(functions);
    const chosen = [target, ...others(random, target, (tools ?? random.weighted({ 1: 2, 2: 4, 3: 3, 4: 1 })) - 1)];
    const forms = formsOf(random, chosen);
    const messages = [];
    for (let i = 0; i < turns; i++) {
      const form = i === 0 ? forms[0] : random.pick(forms);
      const { request, call, result } = drawRequest(random, form, inWords ?? random.chance(0.35));
      messages.push({ role: 'user', content: request }, { role: 'assistant', content: '', tool_calls: [call] });
      // A turn that goes on has had its result.
      if (withResult ?? (i < turns - 1 || random.chance(0.4))) {
        messages.push({ role: 'tool', content: result }, { role: 'assistant', content: `The result is ${result}.` });
      }
    }
    return { messages, tools: random.shuffled(forms).map(({ tool }) => tool) };
  },

  groups: [
    { group: 'numbers in digits', of: { turns: 1, inWords: false, withResult: false } },
    { group: 'numbers in words', of: { turns: 1, inWords: true, withResult: false } },
    { group: 'one tool', of: { turns: 1, withResult: false, tools: 1 } },
    { group: 'four tools', of: { turns: 1, withResult: false, tools: 4 } },
  ],
};

const subject = ({ topic }) => topic.split(' ')[0];

/** A turn whose request is what `target` does, or what no tool of the family does. */
function unservedTurn(random, target) {
  const request = random.chance(0.6)
    ? drawRequest(random, { one: target, ...someForm(random, target) }, random.chance(0.3)).request
    : asRequest(
        random,
        filled(random.pick(otherRequests), { x: random.pick(things), p: fullName(random), c: random.pick(cities) }),
      );
  return [
    { role: 'user', content: request },
    { role: 'assistant', content: noToolFits },
  ];
}

export const unserved = {
  name: 'no tool fits',

  /** A request whose topic none of the tools has. */
  chat(random, { turns = random.between(1, 2) } = {}) {
    const target = random.pick(functions);
    const far = functions.filter((one) => subject(one) !== subject(target));
    const forms = formsOf(random, random.some(far, random.between(1, 3)));
    const messages = Array.from({ length: turns }, () => unservedTurn(random, target)).flat();
    return { messages, tools: forms.map(({ tool }) => tool) };
  },

  groups: [{ group: 'no tool fits', of: { turns: 1 } }],
};

/**
 * Four to nine requests beside one to four tools, of which two in five are served by none: whether one fits is asked anew every
 * time, and the tools, which are most of such a chat, stand there once.
 *
 * @param {import('./random.mjs').Random} random
 */
export function mixedChat(random) {
  const target = random.pick(functions);
  const forms = formsOf(random, [target, ...others(random, target, random.weighted({ 1: 2, 2: 3, 3: 3, 4: 1 }) - 1)]);
  const far = functions.filter((one) => forms.every((form) => subject(form.one) !== subject(one)));
  const messages = Array.from({ length: random.between(4, 9) }, () => {
    if (random.chance(0.4)) return unservedTurn(random, random.pick(far));
    const { request, call } = drawRequest(random, random.pick(forms), random.chance(0.35));
    return [
      { role: 'user', content: request },
      { role: 'assistant', content: '', tool_calls: [call] },
    ];
  }).flat();
  return { messages, tools: random.shuffled(forms).map(({ tool }) => tool) };
}

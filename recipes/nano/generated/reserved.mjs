/**
 * What generated training data never contains: a twentieth of all numbers of three digits or more, of names and words, and of
 * requests, decided by a hash. Evaluation items are made of these alone. (One- and two-digit numbers are too few to
 * keep any back; of them only requests are.) Lines and tables of random words (`practice.mjs`) are no evaluation's items, and
 * are not asked.
 */
import { createHash } from 'node:crypto';

const share = 0.05;

/** @param {string} item such as `number:4821`, `name:Ada Morrow`, `request:…` */
export function isReserved(item) {
  const digest = createHash('sha256').update(`jambalaya nano generated\n${item}`).digest();
  return digest.readUInt32BE(0) < share * 2 ** 32;
}

/**
 * A value on the side that is drawn for: reserved ones for evaluation, others for training.
 *
 * @template T
 * @param {import('./random.mjs').Random} random
 * @param {string} kind
 * @param {() => T} make
 * @returns {T}
 */
export function onSide(random, kind, make) {
  for (let tries = 0; tries < 2000; tries++) {
    const value = make();
    if (isReserved(`${kind}:${value}`) === random.reserved) return value;
  }
  throw new RangeError(`expected a ${kind} that is ${random.reserved ? '' : 'not '}reserved in 2,000 tries`);
}

/** Numbers of three digits or more in a text, thousands separators taken out. */
export function longNumbers(text) {
  return text.replace(/(?<=\d),(?=\d{3})/g, '').match(/\d{3,}/g) ?? [];
}

/**
 * A turn as it is reserved: what the user says, with the documents that go with it.
 *
 * @param {{ messages: { role: string, content?: string | null }[], documents?: unknown[] }} chat
 * @returns {string[]}
 */
export function requestsOf({ messages, documents = [] }) {
  const around = documents.length > 0 ? `${JSON.stringify(documents)}\n` : '';
  return messages.filter(({ role }) => role === 'user').map(({ content }) => `request:${around}${content}`);
}

/** Whether a chat contains anything that training must not see. */
export function holdsReserved(chat) {
  if (requestsOf(chat).some(isReserved)) return true;
  return longNumbers(JSON.stringify(chat)).some((digits) => isReserved(`number:${digits}`));
}

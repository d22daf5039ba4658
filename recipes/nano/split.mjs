/**
 * Which questions, articles and APIs no training ever sees: a fifth of them, decided by a hash, so that experiments with
 * the trained model can be evaluated on them.
 */
import { createHash } from 'node:crypto';

const share = 0.2;

/**
 * Whether a key is held out. Keys are `squad:` with an article's title, `nq:` and `pubmedqa:` with the question,
 * `bfcl:` with the name of a function.
 *
 * @param {string} key
 */
export function isHeldOut(key) {
  const digest = createHash('sha256').update(`jambalaya nano\n${key}`).digest();
  return digest.readUInt32BE(0) < share * 2 ** 32;
}

/**
 * What no training ever sees, decided by a hash: a fifth of the questions, articles and APIs, so that experiments with the
 * trained model can be evaluated on them, and a few of the texts.
 */
import { createHash } from 'node:crypto';

/** @param {string} key */
const fraction = (key) => createHash('sha256').update(`jambalaya nano\n${key}`).digest().readUInt32BE(0) / 2 ** 32;

/**
 * Whether a key is held out. Keys are `squad:` with an article's title, `nq:` and `pubmedqa:` with the question,
 * `bfcl:` with the name of a function.
 *
 * @param {string} key
 */
export const isHeldOut = (key) => fraction(key) < 0.2;

/**
 * Whether a text is held out: by its beginning, so that copies with other endings go with it.
 *
 * @param {string} text
 */
export const isHeldOutText = (text) => fraction(`text:${text.trimStart().slice(0, 500)}`) < 0.045;

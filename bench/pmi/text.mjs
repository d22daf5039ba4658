/** Texts to count, as a file of lines and as ids of words. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Words drawn by Zipf's law from 200,000, a third of them in phrases of two to six words that come again. */
export function makeText(tokens) {
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const types = 200_000;
  const word = () => Math.min(types - 1, Math.floor(types ** uniform()) - 1);
  const phrases = Array.from({ length: 20_000 }, () => Array.from({ length: 2 + Math.floor(5 * uniform()) }, word));
  const stream = new Uint32Array(tokens);
  const documents = new Uint32Array(tokens);
  let document = 0;
  let length = 0;
  for (let at = 0; at < tokens; ) {
    const some = uniform() < 0.12 ? phrases[Math.floor(phrases.length * uniform() ** 2)] : [word()];
    for (const id of some) {
      if (at === tokens) break;
      stream[at] = id;
      documents[at++] = document;
      length++;
    }
    if (length > 40) {
      document++;
      length = 0;
    }
  }
  return laidOut(
    Array.from({ length: types }, (_, id) => `w${id}`),
    stream,
    documents,
  );
}

/** The words of plain files, lower case, a line a text: what stands between letters and digits is left out. */
export function tokensOf(files) {
  const ids = new Map();
  const stream = [];
  const documents = [];
  let document = 0;
  for (const file of files) {
    const bytes = readFileSync(file);
    const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const line of text.split('\n')) {
      for (const word of line.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
        if (!ids.has(word)) ids.set(word, ids.size);
        stream.push(ids.get(word));
        documents.push(document);
      }
      document++;
    }
  }
  return laidOut([...ids.keys()], Uint32Array.from(stream), Uint32Array.from(documents));
}

function laidOut(words, stream, documents) {
  const lines = [];
  let line = [];
  for (let at = 0; at < stream.length; at++) {
    line.push(words[stream[at]]);
    if (at + 1 < stream.length && documents[at + 1] === documents[at]) continue;
    lines.push(line.join(' '));
    line = [];
  }
  return { text: `${lines.join('\n')}\n`, words, stream, documents };
}

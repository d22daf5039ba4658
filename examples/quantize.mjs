// What int8 takes, and what it changes: the same text measured by both forms of one model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadModel } from 'jambalaya';

const text = new Uint8Array(readFileSync('models/char-shakespeare/heldout.txt').subarray(0, 2_000));
const bits = {};
for (const weights of ['file', 'int8']) {
  const model = await loadModel('models/char-shakespeare', { weights });
  const measured = await model.measureText(text, { window: 512, stride: 256 });
  bits[weights] = measured.bitsPerByte;
  await model.dispose();
}
console.log(bits);
assert.ok(Math.abs(bits.int8 - bits.file) < 0.02);

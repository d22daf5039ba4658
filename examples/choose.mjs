// How likely each of several continuations is: a classifier without training.
import assert from 'node:assert/strict';
import { loadModel } from 'jambalaya';

const model = await loadModel('models/nano');
const continuations = [' a king', ' of the the', ' 9 xq'];
const scores = await model.score('Once upon a time there was', continuations);
const ranked = continuations
  .map((text, i) => ({ text, logprob: scores[i].logprob }))
  .sort((a, b) => b.logprob - a.logprob);
console.table(ranked);
assert.equal(ranked[0].text, ' a king');
await model.dispose();

// Text as it is made, and why it ended.
import assert from 'node:assert/strict';
import { loadModel } from 'jambalaya';

const model = await loadModel('models/nano');
let text = '';
let finish;
for await (const part of model.generate({ prompt: 'Once upon a time', maxTokens: 30, temperature: 0.6, seed: 7 })) {
  if (part.type === 'token') {
    process.stdout.write(part.text);
    text += part.text;
  }
  if (part.type === 'finish') finish = part;
}
console.log(`\n${finish.usage.completionTokens} tokens, ended by ${finish.reason}`);
assert.ok(text.length > 20);
await model.dispose();

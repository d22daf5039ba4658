// Two turns of a chat, in the words of the model’s own template.
import assert from 'node:assert/strict';
import { loadModel } from 'jambalaya';

const model = await loadModel('models/nano');
const messages = [{ role: 'user', content: 'Repeat this number: 4179050' }];
const first = await model.complete({ prompt: { messages }, maxTokens: 30, temperature: 0 });
console.log(first.text);
assert.match(first.text, /4179050/);

messages.push({ role: 'assistant', content: first.text }, { role: 'user', content: 'Repeat this number: 52' });
const second = await model.complete({ prompt: { messages }, maxTokens: 30, temperature: 0 });
console.log(second.text);
assert.match(second.text, /52/);
await model.dispose();

// A server and a request in OpenAI's words.
import assert from 'node:assert/strict';
import { loadModel } from 'jambalaya';
import { serve } from 'jambalaya/server';

const model = await loadModel('models/nano');
const server = await serve({ models: [{ name: 'nano', model }], port: 0 });
const response = await fetch(`${server.url}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    model: 'nano',
    messages: [{ role: 'user', content: 'Repeat this number: 52' }],
    max_tokens: 10,
    temperature: 0,
  }),
});
const { choices, usage } = await response.json();
console.log(choices[0].message.content, usage);
assert.match(choices[0].message.content, /52/);
await server.close();
await model.dispose();

// An answer that satisfies a JSON schema, whatever the model would rather say.
import assert from 'node:assert/strict';
import { loadModel } from 'jambalaya';

const model = await loadModel('models/nano');
const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 12 },
    age: { type: 'integer', minimum: 0, maximum: 120 },
    colours: { type: 'array', items: { enum: ['red', 'green', 'blue'] }, minItems: 1, maxItems: 3 },
  },
  required: ['name', 'age', 'colours'],
  additionalProperties: false,
};
const { text } = await model.complete({ prompt: 'Once upon a time', schema, maxTokens: 120, seed: 3 });
const value = JSON.parse(text);
console.log(value);
assert.ok(value.age <= 120 && value.colours.every((colour) => ['red', 'green', 'blue'].includes(colour)));
await model.dispose();

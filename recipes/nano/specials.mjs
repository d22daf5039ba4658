/**
 * The special tokens of `models/nano` in the order of their ids: 0 pads, 1 and 2 begin and end a text, then those that
 * `chat_template.jinja` writes, then sixteen without a meaning for what is trained on top later.
 */

const pair = (name) => [`<${name}>`, `</${name}>`];

export const specialTokens = [
  '<|pad|>',
  '<|startoftext|>',
  '<|endoftext|>',
  '<|unk|>',
  '<|bom|>',
  '<|eom|>',
  '<|system|>',
  '<|user|>',
  '<|assistant|>',
  '<|tool|>',
  ...['documents', 'tool_definitions', 'tool_calls', 'citations', 'active_output_modes'].flatMap(pair),
  ...Array.from({ length: 16 }, (_, i) => `<|reserved_${i}|>`),
];

/** Ten words that the page cannot do without, for who does not do this for a living. */
export const glossary: readonly (readonly [term: string, meaning: string])[] = [
  [
    'Parameter',
    'One of the numbers that a model has learned. “Active” parameters are those that one token is computed with: a mixture of experts has many more than it uses at a time. All have to be in memory, only the active ones cost time.',
  ],
  [
    'Token',
    'The piece of text that a model reads or writes at a time: a short word, a part of a longer one, or a digit. A page of English is some 500 to 700 tokens.',
  ],
  [
    'Context',
    'How many tokens the model has before it when it makes the next one: the question, the documents that come with it, and the answer so far.',
  ],
  [
    'FLOP',
    'One addition or multiplication of two numbers. A training run is counted in 10²⁰ of them and more; a device is rated by how many it can do in a second. The rating is a peak that no program reaches.',
  ],
  [
    'Utilisation',
    'What part of a device’s rated speed a real program gets out of it. Large training runs reach a third to a half.',
  ],
  [
    'KV cache',
    'What attention layers keep of every token of the context (a key and a value), so as not to compute it again. It grows with the context, and is why long documents are expensive with a Transformer.',
  ],
  [
    'State',
    'What a Mamba layer keeps of everything that it has read: a summary of fixed size, however long the text is.',
  ],
  [
    'Hybrid',
    'A model with a few attention layers among many Mamba layers, such as Jamba: it can look back exactly, and keeps an eighth or less of a Transformer’s KV cache.',
  ],
  [
    'Mixture of experts',
    'A layer with several networks side by side, of which each token uses a few, chosen by a router. It makes a model larger without making a token more expensive.',
  ],
  [
    'Quantization',
    'Storing numbers with fewer bits. ExpertsInt8 keeps the weights of experts and dense feed-forwards, most of the model, in one byte each instead of two.',
  ],
];

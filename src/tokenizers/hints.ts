/** The next step where a file is right and of no use to us. */
export const unsupportedHint =
  'This kind of tokenizer is not supported; convert it to a byte-level BPE tokenizer.json.';

/** Controls and axes that more than one view has. */
import type { Part } from '../../../src/cost/index.js';
import type { ChoiceControl } from '../view.js';

const names: Readonly<Record<string, string>> = {
  bf16: 'bf16: 2 bytes a number, as models are published',
  f16: 'f16: 2 bytes a number',
  f32: 'f32: 4 bytes a number, without loss',
  fp8: 'fp8: 1 byte a number',
  int8: 'int8: every matrix in 1 byte a number',
  'experts-int8': 'experts-int8: experts and dense feed-forwards in 1 byte a number',
};

export const weightsControl = (value: unknown, forms: readonly string[]): ChoiceControl => ({
  kind: 'choice',
  id: 'weights',
  label: 'Weights are stored as',
  help: 'Fewer bytes a number leave more room for texts; int8 costs a little accuracy.',
  options: forms.map((form) => ({ value: form, label: names[form] ?? form })),
  value: String(value ?? 'bf16'),
});

export const kvDTypeControl = (value: unknown, dtypes: readonly string[]): ChoiceControl => ({
  kind: 'choice',
  id: 'kvDType',
  label: 'The KV cache is stored as',
  help: 'What attention layers keep of every token of the context.',
  options: dtypes.map((dtype) => ({
    value: dtype,
    label: dtype === 'int8' ? 'int8: 1 byte a number' : (names[dtype] ?? dtype),
  })),
  value: String(value ?? 'bf16'),
});

/** 1K, 2K, 4K, … up to a longest context, which is the last. */
export function contextsUpTo(longest: number): number[] {
  const contexts: number[] = [];
  for (let context = Math.min(1024, longest); context < longest; context *= 2) contexts.push(context);
  return [...contexts, longest];
}

/** Parts of a model as people say them. */
export const partNames: Readonly<Record<Part, string>> = {
  embedding: 'Embedding',
  attention: 'Attention layers',
  mamba: 'Mamba layers',
  router: 'Routers',
  experts: 'Experts',
  denseMlp: 'Dense feed-forwards',
  norms: 'Norms',
  head: 'Head',
};

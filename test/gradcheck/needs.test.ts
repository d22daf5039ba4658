/** A gradient that nobody needs is not computed: what each rule runs when one input alone needs one. */
import { expect, it } from 'vitest';
import { type OpName, type OpSchema, ops } from '../../src/contract/index.js';
import { cases } from './cases.js';
import { taped } from './gradcheck.js';
import { ObservedDevice } from './observed.js';

/** [op, title of its case, input, what runs backward: an op, or a backward op and the optional outputs it is asked for]. */
const expected: readonly (readonly [OpName, string, string, readonly string[]])[] = [
  ['matmul', 'nt with a bias', 'a', ['matmul']],
  ['matmul', 'nt with a bias', 'b', ['matmul']],
  ['matmul', 'nt with a bias', 'bias', ['sum']],
  ['matmul', 'nn', 'a', ['matmul']],
  ['matmul', 'nn', 'b', ['matmul']],
  ['matmul', 'tn', 'a', ['matmul', 'transpose']],
  ['matmul', 'tn', 'b', ['matmul']],
  ['groupedMatmul', 'nn over a stacked parameter', 'a', ['groupedMatmul']],
  ['groupedMatmul', 'separate matrices, one of them frozen', 'first', ['groupedWeightGrad']],
  ['mul', 'a vector over rows', 'a', ['mul']],
  ['mul', 'a vector over rows', 'b', ['mul', 'sum']],
  ['add', 'a vector over rows', 'a', []],
  ['add', 'a vector over rows', 'b', ['sum']],
  ['concat', 'the middle axis, a frozen part and an empty one', 'x', ['slice']],
  ['rmsNorm', 'three axes', 'x', ['rmsNormBackward dX']],
  ['rmsNorm', 'three axes', 'weight', ['rmsNormBackward dWeight']],
  ['layerNorm', 'three axes', 'x', ['layerNormBackward dX']],
  ['layerNorm', 'three axes', 'weight', ['layerNormBackward dWeight']],
  ['layerNorm', 'three axes', 'bias', ['layerNormBackward dBias']],
  ['conv1d', 'initial and final', 'x', ['conv1dBackward dX']],
  ['conv1d', 'initial and final', 'weight', ['conv1dBackward dWeight']],
  ['conv1d', 'initial and final', 'bias', ['conv1dBackward dBias']],
  ['conv1d', 'initial and final', 'initial', ['conv1dBackward dInitial']],
  ['selectiveScan', 'initial and final', 'u', ['selectiveScanBackward']],
  ['selectiveScan', 'initial and final', 'initial', ['selectiveScanBackward dInitial']],
  ['moeCombine', 'a permutation of six places', 'y', ['moeCombineBackward dY']],
  ['moeCombine', 'a permutation of six places', 'weights', ['moeCombineBackward dWeights']],
];

it.each(expected)('%s, %s: the gradient of %s alone runs %j', async (op, title, input, runs) => {
  const list = cases[op];
  const test = typeof list === 'string' ? undefined : list.find((candidate) => candidate.title === title);
  const device = new ObservedDevice();
  await taped(device, test!, [input]);
  // The loss is a weighted sum of the results: its own gradient ends with the products by the weights.
  const first = device.commands.findIndex(({ name }) => name === 'fill');
  const results = device.commands.slice(0, first).filter(({ name }) => name === 'sum').length;
  const steps = device.commands.slice(first).map(({ name, args }) => {
    const { tensors }: OpSchema = ops[name];
    const given = args as Readonly<Record<string, unknown>>;
    const asked = Object.keys(tensors).filter((operand) => tensors[operand] === 'out?' && given[operand] !== undefined);
    return [name, ...asked].join(' ');
  });
  const ofLoss = ['fill', ...Array.from({ length: results }, () => ['expand', 'mul']).flat()];
  expect(steps.slice(0, ofLoss.length).sort()).toEqual(ofLoss.sort());
  // What remains: the rule, and the sums of gradients of views.
  expect(steps.slice(ofLoss.length).filter((step) => !['fill', 'accumulate', 'copy'].includes(step))).toEqual(runs);
});

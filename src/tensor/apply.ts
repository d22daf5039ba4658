/** Runs one op: shapes from its rule, memory for what it makes, one command to the device, one entry on the tape. */
import { type Device, encodeCommand, type OpArguments, type OpName, type OpSchema, ops, type Ref } from '../contract/index.js';
import { recorder } from './recording.js';
import type { Inputs, Numbers, OpRules, OptionalOutput, Outputs, OutputSpec } from './rule.js';
import { shapeError } from './shape.js';
import { Tensor } from './tensor.js';

type Operand = Tensor | readonly Tensor[] | undefined;

/**
 * Applies the op of `rules`. `attributes` are the numbers that do not follow from shapes; `wanted` lists the optional outputs to make.
 * All inputs must live on one device.
 */
export function apply<N extends OpName>(
  name: N,
  rules: OpRules<N>,
  inputs: Inputs<N>,
  attributes: Partial<Numbers<N>> = {},
  wanted: readonly OptionalOutput<N>[] = [],
): Outputs<N> {
  const schema: OpSchema = ops[name];
  const { outputs: specs, numbers } = rules.shape(inputs, attributes);
  const device = deviceOf(name, inputs as Record<string, Operand>);
  const made: Record<string, Operand> = {};
  for (const [output, spec] of Object.entries(specs) as [string, OutputSpec | readonly OutputSpec[]][]) {
    if (schema.tensors[output] === 'out?' && !wanted.includes(output as OptionalOutput<N>)) continue;
    made[output] = Array.isArray(spec)
      ? (spec as readonly OutputSpec[]).map((part) => Tensor.empty(device, part.shape, part.dtype))
      : Tensor.empty(device, (spec as OutputSpec).shape, (spec as OutputSpec).dtype);
  }
  const refs: Record<string, Ref | Ref[] | undefined> = {};
  for (const [operand, value] of Object.entries({ ...inputs, ...made } as Record<string, Operand>)) {
    refs[operand] = value instanceof Tensor ? value.ref : value?.map((tensor) => tensor.ref);
  }
  device.submit(encodeCommand(name, { ...refs, ...numbers } as unknown as OpArguments<N>));
  recorder()?.record(rules.backward, inputs as Record<string, Operand>, made, numbers);
  return made as unknown as Outputs<N>;
}

function deviceOf(name: OpName, inputs: Record<string, Operand>): Device {
  let device: Device | undefined;
  for (const [operand, value] of Object.entries(inputs)) {
    for (const tensor of value instanceof Tensor ? [value] : (value ?? [])) {
      if (!tensor.storage.alive) shapeError(name, operand, 'a live tensor', 'one that was disposed of');
      device ??= tensor.device;
      if (tensor.device !== device) shapeError(name, operand, `a tensor on ${device.name}`, `one on ${tensor.device.name}`);
    }
  }
  if (device === undefined) shapeError(name, 'inputs', 'at least one tensor', 'none');
  return device;
}

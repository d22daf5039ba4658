/** Runs one op: shapes from its rule, memory for what it makes, one command to the device, one entry on the tape. */
import {
  type Device,
  type DType,
  encodeCommand,
  type OpArguments,
  type OpName,
  type OpSchema,
  ops,
} from '../contract/index.js';
import { submit, use } from './capture.js';
import { isInPlace, type Operand, tensorsOf } from './operand.js';
import { recorder } from './recording.js';
import type { Inputs, Numbers, OpRules, OptionalOutput, OutputSpec, Outputs } from './rule.js';
import { countOf, shapeError } from './shape.js';
import { disposedError, Tensor } from './tensor.js';

/**
 * Applies the op of `rules`. `attributes` are the numbers that do not follow from shapes; `wanted` lists the optional
 * outputs to make. All inputs must be alive, on one device, and of the dtypes that the rules name.
 */
export function apply<N extends OpName>(
  name: N,
  rules: OpRules<N>,
  inputs: Inputs<N>,
  attributes: Partial<Numbers<N>> = {},
  wanted: readonly OptionalOutput<N>[] = [],
): Outputs<N> {
  const schema: OpSchema = ops[name];
  const given = inputs as Readonly<Record<string, Operand>>;
  const device = checkInputs(name, given, (rules.dtypes ?? {}) as DTypes);
  recorder()?.expectDifferentiable(name, rules, given);
  const { outputs, numbers } = rules.shape(inputs, attributes);
  const specs = outputs as Readonly<Record<string, OutputSpec | readonly OutputSpec[]>>;
  const made: Record<string, Operand> = {};
  const values: Record<string, unknown> = { ...numbers };
  for (const operand in given) {
    const value = given[operand];
    values[operand] = value;
    const changes = isInPlace(name, operand);
    for (const { storage } of tensorsOf(value)) {
      use(storage, changes);
      if (changes) storage.version++;
    }
  }
  for (const output in specs) {
    if (schema.tensors[output] === 'out?' && !wanted.includes(output as OptionalOutput<N>)) continue;
    const spec = specs[output]!;
    values[output] = made[output] =
      'dtype' in spec ? Tensor.empty(device, spec.shape, spec.dtype) : stacked(device, spec);
    for (const { storage } of tensorsOf(made[output])) use(storage, true);
  }
  try {
    // A tensor is the place of its elements.
    submit(device, encodeCommand(name, values as OpArguments<N>));
  } catch (error) {
    for (const value of Object.values(made)) for (const tensor of tensorsOf(value)) tensor.dispose();
    throw error;
  }
  recorder()?.record(name, rules.backward, given, made, numbers);
  return made as unknown as Outputs<N>;
}

/** Tensors of one dtype, one after another in one buffer: gradients of a stacked parameter are then one gradient. */
function stacked(device: Device, specs: readonly OutputSpec[]): Tensor[] {
  const sizes = specs.map(({ shape }) => countOf(shape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  using whole = Tensor.empty(device, [total], specs[0]?.dtype);
  let end = 0;
  return specs.map(({ shape }, i) => {
    end += sizes[i]!;
    return new Tensor(whole.storage, shape, end - sizes[i]!);
  });
}

type DTypes = Readonly<Record<string, readonly DType[]>>;
const f32Only: readonly DType[] = ['f32'];

/** The device of the inputs. */
function checkInputs(name: OpName, inputs: Readonly<Record<string, Operand>>, dtypes: DTypes): Device {
  let device: Device | undefined;
  const check = (operand: string, tensor: Tensor) => {
    const allowed = dtypes[operand] ?? f32Only;
    if (tensor.disposed) throw disposedError(`${name}: ${operand}`);
    if (!allowed.includes(tensor.dtype)) shapeError(name, operand, allowed.join(' | '), tensor.dtype);
    device ??= tensor.device;
    if (tensor.device !== device) {
      shapeError(name, operand, `a tensor on the same ${device.name} device`, `one on ${tensor.device.name}`);
    }
  };
  for (const operand in inputs) {
    const value = inputs[operand];
    if (value instanceof Tensor) check(operand, value);
    else if (value !== undefined) for (const tensor of value) check(operand, tensor);
  }
  if (device === undefined) shapeError(name, 'inputs', 'at least one tensor', 'none');
  return device;
}

import { apply } from '../apply.js';
import { anyDType, backwardRule, indexDType, type OpRules } from '../rule.js';
import { scope } from '../scope.js';
import { aroundAxis, countOf, formatShape, type Shape, sameShape, shapeError } from '../shape.js';
import { Tensor } from '../tensor.js';
import { slice } from './slice.js';

export const concatRules: OpRules<'concat'> = {
  shape: ({ x }, { outer = 1, inner = 1, size = 0 }) => {
    const { dtype } = x[0]!;
    for (const part of x) if (part.dtype !== dtype) shapeError('concat', 'parts', `all ${dtype}`, part.dtype);
    return {
      outputs: { out: { shape: [outer, size, inner], dtype } },
      numbers: { outer, size, inner, parts: x.length },
    };
  },
  backward: backwardRule<'concat'>()([], (_, { out }, { needs, shapes, numbers: { outer, inner } }) => {
    let end = 0;
    const gradientOf = (shape: Shape, i: number): Tensor | undefined => {
      const length = countOf(shape) / Math.max(outer * inner, 1);
      end += length;
      return needs.x![i] ? slice(out!, 1, end - length, length).reshape(shape) : undefined;
    };
    return { x: shapes.x!.map(gradientOf) };
  }),
  dtypes: { x: anyDType, sizes: indexDType },
};

/** The parts one after another along an axis; they have one dtype, and one size on every other axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  if (first === undefined) shapeError('concat', 'parts', 'at least one tensor', 'none');
  const { outer, inner, axis: index } = aroundAxis('concat', first.shape, axis);
  const others = (shape: Shape) => shape.filter((_, i) => i !== index);
  for (const { shape } of parts) {
    if (shape.length === first.shape.length && sameShape(others(shape), others(first.shape))) continue;
    shapeError('concat', 'parts', `${formatShape(first.shape)} but for axis ${index}`, formatShape(shape));
  }
  const each = parts.map((part) => part.shape[index]!);
  const size = each.reduce((sum, n) => sum + n, 0);
  return scope(() => {
    const sizes = Tensor.from(first.device, [parts.length], Int32Array.from(each));
    const { out } = apply('concat', concatRules, { x: parts, sizes }, { outer, inner, size });
    return out.reshape(first.shape.map((old, i) => (i === index ? size : old)));
  });
}

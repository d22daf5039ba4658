import { attentionKeyBlock, bf16ToNumber, numberToBf16 } from '../../../contract/index.js';
import { JambalayaError } from '../../../errors/index.js';
import type { Kernel, KernelArguments, Values } from '../operands.js';
import { type Pages, pageRow } from '../pages.js';
import { checkOffsets } from '../segments.js';

function dot(a: Values, aAt: number, b: Values, bAt: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[aAt + i]! * b[bAt + i]!;
  return sum;
}

function refuse(reason: string): never {
  throw new JambalayaError('device', { device: 'reference', reason: `attention: ${reason}` });
}

/** The keys and values, and the row in them of a segment's position. */
function storage(args: KernelArguments<'attention'>): {
  keys: Values;
  values: Values;
  row(s: number, position: number): number;
} {
  const { k, v, keyPages, valuePages, pageTable, offsets, starts, segments } = args;
  const absent = [keyPages, valuePages, pageTable].every((operand) => operand === undefined);
  if (k !== undefined && v !== undefined && absent && !starts?.subarray(0, segments).some((start) => start !== 0)) {
    return { keys: k, values: v, row: (s, position) => offsets[s]! + position };
  }
  if (
    keyPages === undefined ||
    valuePages === undefined ||
    pageTable === undefined ||
    k !== undefined ||
    v !== undefined
  ) {
    return refuse('takes either k and v of rows that start at 0, or pages and their table');
  }
  if (starts?.subarray(0, segments).some((start) => start < 0)) refuse('a segment starts before its sequence');
  const pages: Pages = { ...args, pageTable };
  return { keys: keyPages, values: valuePages, row: (s, position) => pageRow('attention', pages, s, position) };
}

const asBf16 = (value: number) => bf16ToNumber(numberToBf16(value));

/**
 * Keys are taken in blocks at absolute positions: with `bf16Products` a weight is rounded relative to the largest score so far,
 * and rescaled when a later block has a larger one.
 */
export const attention: Kernel<'attention'> = (args) => {
  const { q, offsets, starts, out, logSumExp, rows, segments, heads, kvHeads, headSize, causal, scale } = args;
  checkOffsets('attention', offsets, segments, rows);
  const { keys, values, row } = storage(args);
  const rounded = args.bf16Products === 1 ? asBf16 : (value: number) => value;
  for (let s = 0; s < segments; s++) {
    const start = starts?.[s] ?? 0;
    for (let r = offsets[s]!; r < offsets[s + 1]!; r++) {
      const visible = start + (causal ? r - offsets[s]! : offsets[s + 1]! - offsets[s]! - 1) + 1;
      for (let h = 0; h < heads; h++) {
        const at = (r * heads + h) * headSize;
        const group = Math.floor(h / (heads / kvHeads));
        const query = Float64Array.from({ length: headSize }, (_, c) => rounded(q[at + c]! * scale));
        const sums = new Float64Array(headSize);
        let largest = Number.NEGATIVE_INFINITY;
        let sum = 0;
        for (let block = 0; block < visible; block += attentionKeyBlock) {
          const rowsOf = Array.from(
            { length: Math.min(attentionKeyBlock, visible - block) },
            (_, j) => (row(s, block + j) * kvHeads + group) * headSize,
          );
          const scores = rowsOf.map((key) => dot(query, 0, keys, key, headSize));
          const before = largest;
          for (const score of scores) largest = Math.max(largest, score);
          const factor = Math.exp(before - largest);
          sum *= factor;
          for (let c = 0; c < headSize; c++) sums[c]! *= factor;
          for (const [j, key] of rowsOf.entries()) {
            const weight = Math.exp(scores[j]! - largest);
            sum += weight;
            for (let c = 0; c < headSize; c++) sums[c]! += rounded(weight) * values[key + c]!;
          }
        }
        logSumExp[r * heads + h] = largest + Math.log(sum);
        for (let c = 0; c < headSize; c++) out[at + c] = sums[c]! / sum;
      }
    }
  }
};

/** With p = exp(scale · q·k - logSumExp), δ = dOut·v - dOut·out, rest = Σ p δ and dS = p (δ - rest): dQ = scale Σ dS k, dK = scale Σ dS q, dV = Σ p dOut. */
export const attentionBackward: Kernel<'attentionBackward'> = (args) => {
  const {
    q,
    k,
    v,
    offsets,
    out,
    logSumExp,
    dOut,
    dQ,
    dK,
    dV,
    rest,
    rows,
    segments,
    heads,
    kvHeads,
    headSize,
    causal,
    scale,
  } = args;
  checkOffsets('attentionBackward', offsets, segments, rows);
  dQ.fill(0, 0, rows * heads * headSize);
  dK.fill(0, 0, rows * kvHeads * headSize);
  dV.fill(0, 0, rows * kvHeads * headSize);
  for (let s = 0; s < segments; s++) {
    for (let r = offsets[s]!; r < offsets[s + 1]!; r++) {
      const end = causal ? r + 1 : offsets[s + 1]!;
      for (let h = 0; h < heads; h++) {
        const query = (r * heads + h) * headSize;
        const group = Math.floor(h / (heads / kvHeads));
        const outDot = dot(dOut, query, out, query, headSize);
        const seen = Array.from({ length: end - offsets[s]! }, (_, j) => {
          const key = ((offsets[s]! + j) * kvHeads + group) * headSize;
          const p = Math.exp(scale * dot(q, query, k, key, headSize) - logSumExp[r * heads + h]!);
          return { key, p, delta: dot(dOut, query, v, key, headSize) - outDot };
        });
        const alone = seen.length === 1;
        rest[r * heads + h] = alone ? 0 : seen.reduce((sum, { p, delta }) => sum + p * delta, 0);
        for (const { key, p, delta } of seen) {
          const dS = alone ? 0 : p * (delta - rest[r * heads + h]!);
          for (let c = 0; c < headSize; c++) {
            dQ[query + c]! += scale * dS * k[key + c]!;
            dK[key + c]! += scale * dS * q[query + c]!;
            dV[key + c]! += p * dOut[query + c]!;
          }
        }
      }
    }
  }
};

// crossEntropy: logSumExp(logits) - logits[label] per row; a negative label is ignored (loss 0).
#pragma once
#include "blocks/rows.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Resolves the labels of `rows` rows; none may reach `columns`. */
inline Status resolveLabels(Context& ctx, Ref ref, i64 rows, i64 columns, const i32*& labels) {
  JAMBALAYA_TRY(ctx.in(ref, rows, labels));
  for (i64 r = 0; r < rows; ++r) {
    if (labels[r] >= columns) return ctx.fail(Status::badIndex, ref);
  }
  return Status::ok;
}

inline Status crossEntropy(const CrossEntropyArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32* logits;
  const i32* labels;
  f32 *loss, *logSumExp;
  JAMBALAYA_TRY(ctx.in(args.logits, rows * columns, logits));
  JAMBALAYA_TRY(ctx.out(args.loss, rows, loss));
  JAMBALAYA_TRY(ctx.out(args.logSumExp, rows, logSumExp));
  JAMBALAYA_TRY(resolveLabels(ctx, args.labels, rows, columns, labels));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* row = logits + r * columns;
      const f32 largest = rowMax(row, columns);
      const f32 logSum = scalarLog(rowSum(row, columns, [&](F v) { return exp(v - largest); }));
      logSumExp[r] = largest + logSum;
      // The two differences are small where the logits are not: less is lost than through logSumExp.
      loss[r] = labels[r] < 0 ? 0.0f : logSum + (largest - row[labels[r]]);
    }
  });
  return Status::ok;
}

/** dLogits = dLoss · (e^(logits - logSumExp) - [column = label]); zero for an ignored row. */
inline Status crossEntropyBackward(const CrossEntropyBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, columns = args.columns;
  if (!sizesValid(rows, columns)) return ctx.fail(Status::badSize);
  const f32 *logits, *logSumExp, *dLoss;
  const i32* labels;
  f32* dLogits;
  JAMBALAYA_TRY(ctx.in(args.logits, rows * columns, logits));
  JAMBALAYA_TRY(ctx.in(args.logSumExp, rows, logSumExp));
  JAMBALAYA_TRY(ctx.in(args.dLoss, rows, dLoss));
  JAMBALAYA_TRY(ctx.out(args.dLogits, rows * columns, dLogits));
  JAMBALAYA_TRY(resolveLabels(ctx, args.labels, rows, columns, labels));
  ctx.parallel(rows, rowGrain(columns), [&](i64 begin, i64 end, Scratch&) {
    for (i64 r = begin; r < end; ++r) {
      const f32* row = logits + r * columns;
      f32* target = dLogits + r * columns;
      if (labels[r] < 0) {
        forVectors(columns, [&](i64 i, auto part) { part.store(target + i, zero()); });
        continue;
      }
      const f32 shift = logSumExp[r], grad = dLoss[r];
      const f32 atLabel = (exp(set(row[labels[r]] - shift))[0] - 1.0f) * grad;
      forVectors(columns, [&](i64 i, auto part) { part.store(target + i, exp(part.load(row + i) - shift) * grad); });
      target[labels[r]] = atLabel;
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA

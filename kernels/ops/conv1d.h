// conv1d: causal depthwise convolution over the segments of a ragged batch (papers: Mamba; Jamba's mixer).
//   out_t[ch] = bias[ch] + sum over j = 0..K-1 of weight[ch, j] x_{t-(K-1)+j}[ch], or silu of it
// The inputs before a segment's first row come from its state: the last K inputs of the sequence, oldest first.
#pragma once
#include "blocks/loops.h"
#include "blocks/segments.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Channels of a piece of work: a row of it is a few cache lines, and its last K rows stay in the first cache. */
constexpr i64 convChannels = 64;
static_assert(2 * maxConvWidth * convChannels * 4 + 128 <= scratchBytes, "no room for the taps and the history");

/** The taps of one block of channels as (K, convChannels), so that a tap is a vector over channels. */
inline void loadTaps(const f32* weight, i64 channel, i64 count, i64 width, f32* taps) {
  for (i64 c = 0; c < count; ++c) {
    for (i64 j = 0; j < width; ++j) taps[j * convChannels + c] = weight[(channel + c) * width + j];
  }
}

inline Status conv1d(const Conv1dArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, channels = args.channels, width = args.width;
  if (!sizesValid(rows, segments, channels, args.stateSlots) || width < 1 || width > maxConvWidth) {
    return ctx.fail(Status::badSize);
  }
  const f32 *x, *weight, *bias;
  const i32* offsets;
  f32* out;
  SegmentStates states;
  JAMBALAYA_TRY(ctx.in(args.x, rows * channels, x));
  JAMBALAYA_TRY(ctx.in(args.weight, channels * width, weight));
  JAMBALAYA_TRY(ctx.inOptional(args.bias, channels, bias));
  JAMBALAYA_TRY(resolveOffsets(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.out(args.out, rows * channels, out));
  JAMBALAYA_TRY(resolveStates(args, width, ctx, states));

  // A piece owns whole columns of a segment's state: it reads them all before it writes them.
  const i64 rowsEach = rows / max<i64>(segments, 1) + 1;
  ctx.parallel(ceilDiv(channels, convChannels) * segments, workGrain(rowsEach * convChannels * width), [&](i64 begin, i64 end, Scratch& scratch) {
    f32* taps = scratch.take<f32>(width * convChannels);
    f32* history = scratch.take<f32>(width * convChannels);
    for (i64 item = begin; item < end; ++item) {
      const i64 s = item % segments, channel = item / segments * convChannels, count = min(convChannels, channels - channel);
      if (item == begin || s == 0) loadTaps(weight, channel, count, width, taps);
      const f32* before = states.before(s);
      for (i64 j = 0; j < width; ++j) {
        forVectors(count, [&](i64 i, auto part) {
          part.store(history + j * convChannels + i, before == nullptr ? zero() : part.load(before + j * channels + channel + i));
        });
      }
      const i64 first = offsets[s], length = offsets[s + 1] - first;
      // The block's input at a position of the segment; positions -K..-1 are the history.
      const auto input = [&](i64 position) {
        return position < 0 ? history + (width + position) * convChannels : x + (first + position) * channels + channel;
      };
      for (i64 t = 0; t < length; ++t) {
        const f32* inputs[maxConvWidth];
        for (i64 j = 0; j < width; ++j) inputs[j] = input(t - (width - 1) + j);
        forVectors(count, [&](i64 i, auto part) {
          F sum = bias == nullptr ? zero() : part.load(bias + channel + i);
          for (i64 j = 0; j < width; ++j) sum = fma(part.load(taps + j * convChannels + i), part.load(inputs[j] + i), sum);
          part.store(out + (first + t) * channels + channel + i, args.silu != 0 ? silu(sum) : sum);
        });
      }
      states.forTargets(s, [&](f32* target) {
        for (i64 j = 0; j < width; ++j) {
          const f32* from = input(length - width + j);
          forVectors(count, [&](i64 i, auto part) { part.store(target + j * channels + channel + i, part.load(from + i)); });
        }
      });
    }
  });
  return Status::ok;
}

/**
 * With e the inputs at positions -K..L-1 of a segment (the history, then x):
 *   de_p = sum over j of weight[j] dOut_{p+(K-1)-j}, plus dFinal_{p-(L-K)} for the last K positions;
 *   dWeight[ch, j] = sum over t of dOut_t e_{t-(K-1)+j} and dBias = sum over t of dOut_t, segments and t ascending.
 */
inline Status conv1dBackward(const Conv1dBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, channels = args.channels, width = args.width;
  if (!sizesValid(rows, segments, channels) || width < 1 || width > maxConvWidth) return ctx.fail(Status::badSize);
  const f32 *x, *weight, *initial, *dOut, *dFinal;
  const i32* offsets;
  f32 *dX, *dWeight, *dBias, *dInitial;
  const i64 stateCount = extent(segments, width, channels);
  JAMBALAYA_TRY(ctx.in(args.x, rows * channels, x));
  JAMBALAYA_TRY(ctx.in(args.weight, channels * width, weight));
  JAMBALAYA_TRY(resolveOffsets(args, ctx, offsets));
  JAMBALAYA_TRY(ctx.inOptional(args.initial, stateCount, initial));
  JAMBALAYA_TRY(ctx.inOptional(args.dOut, rows * channels, dOut));
  JAMBALAYA_TRY(ctx.inOptional(args.dFinal, stateCount, dFinal));
  JAMBALAYA_TRY(ctx.outOptional(args.dX, rows * channels, dX));
  JAMBALAYA_TRY(ctx.outOptional(args.dWeight, channels * width, dWeight));
  JAMBALAYA_TRY(ctx.outOptional(args.dBias, channels, dBias));
  JAMBALAYA_TRY(ctx.outOptional(args.dInitial, stateCount, dInitial));

  const i64 blocks = ceilDiv(channels, convChannels), rowsEach = rows / max<i64>(segments, 1) + 1;
  if (dX != nullptr || dInitial != nullptr) {
    ctx.parallel(blocks * segments, workGrain(rowsEach * convChannels * width), [&](i64 begin, i64 end, Scratch& scratch) {
      f32* taps = scratch.take<f32>(width * convChannels);
      for (i64 item = begin; item < end; ++item) {
        const i64 s = item % segments, channel = item / segments * convChannels, count = min(convChannels, channels - channel);
        if (item == begin || s == 0) loadTaps(weight, channel, count, width, taps);
        const i64 first = offsets[s], length = offsets[s + 1] - first;
        for (i64 p = dInitial == nullptr ? 0 : -width; p < (dX == nullptr ? 0 : length); ++p) {
          const i64 row = p - (length - width);
          const f32* ofFinal = dFinal != nullptr && row >= 0 ? dFinal + (s * width + row) * channels + channel : nullptr;
          const i64 low = dOut == nullptr ? width : max<i64>(0, row), high = min(width, p + width);
          f32* target = (p < 0 ? dInitial + (s * width + width + p) * channels : dX + (first + p) * channels) + channel;
          forVectors(count, [&](i64 i, auto part) {
            F sum = ofFinal == nullptr ? zero() : part.load(ofFinal + i);
            for (i64 j = low; j < high; ++j) {
              sum = fma(part.load(taps + j * convChannels + i), part.load(dOut + (first + p + width - 1 - j) * channels + channel + i), sum);
            }
            part.store(target + i, sum);
          });
        }
      }
    });
  }
  if (dWeight == nullptr && dBias == nullptr) return Status::ok;
  ctx.parallel(blocks, workGrain(rows * convChannels * width), [&](i64 begin, i64 end, Scratch& scratch) {
    f32* taps = scratch.take<f32>(width * convChannels);
    f32* shift = scratch.take<f32>(convChannels);
    for (i64 block = begin; block < end; ++block) {
      const i64 channel = block * convChannels, count = min(convChannels, channels - channel);
      for (i64 i = 0; i < width * convChannels; ++i) taps[i] = 0;
      for (i64 i = 0; i < convChannels; ++i) shift[i] = 0;
      for (i64 s = 0; dOut != nullptr && s < segments; ++s) {
        const i64 first = offsets[s], length = offsets[s + 1] - first;
        const f32* before = initial == nullptr ? nullptr : initial + s * width * channels + channel;
        for (i64 t = 0; t < length; ++t) {
          const i64 oldest = t - (width - 1), low = before == nullptr ? max<i64>(0, -oldest) : 0;
          forVectors(count, [&](i64 i, auto part) {
            const F grad = part.load(dOut + (first + t) * channels + channel + i);
            part.store(shift + i, part.load(shift + i) + grad);
            for (i64 j = low; j < width; ++j) {
              const i64 p = oldest + j;
              const f32* from = p < 0 ? before + (width + p) * channels : x + (first + p) * channels + channel;
              part.store(taps + j * convChannels + i, fma(grad, part.load(from + i), part.load(taps + j * convChannels + i)));
            }
          });
        }
      }
      for (i64 c = 0; c < count; ++c) {
        for (i64 j = 0; dWeight != nullptr && j < width; ++j) dWeight[(channel + c) * width + j] = taps[j * convChannels + c];
        if (dBias != nullptr) dBias[channel + c] = shift[c];
      }
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA

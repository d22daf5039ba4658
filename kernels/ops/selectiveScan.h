// selectiveScan: the recurrence of Mamba with input-dependent b, c and step delta (papers: Mamba; Jamba's mixer).
//   s_t[n, ch] = exp(delta_t[ch] a[ch, n]) s_{t-1}[n, ch] + delta_t[ch] b_t[n] u_t[ch]
//   out_t[ch]  = sum_n s_t[n, ch] c_t[n] + d[ch] u_t[ch]
// Lanes are channels and time is sequential, so how a sequence is cut does not change a bit: the state passes in f32.
#pragma once
#include "blocks/lanes.h"
#include "blocks/loops.h"
#include "blocks/segments.h"

namespace jambalaya::JAMBALAYA_ISA {

/**
 * 2^x for the decay of a state: x = n + r with |r| <= 1/2, 2^r by a polynomial of degree 6 through 1 at 0 (interpolated at
 * Chebyshev nodes, error 2^-26.7). Zero below -126.5, infinity above 127.5; NaN stays.
 */
inline F decay(F x) {
  const F low = set(-127.0f), high = set(128.0f);
  x = minimum(high, maximum(low, x));
  // The sum's lowest bits are n + 127: the exponent of 2^n as a float has it, and 0 for n = -127.
  const F shifted = x + (0x1.8p23f + 127);
  const F r = x - (shifted - (0x1.8p23f + 127));
  F p = fma(r, set(0x1.44138ap-13f), set(0x1.5f089p-10f));
  p = fma(p, r, set(0x1.3b2a54p-7f));
  p = fma(p, r, set(0x1.c6af6cp-5f));
  p = fma(p, r, set(0x1.ebfbep-3f));
  p = fma(p, r, set(0x1.62e43p-1f));
  p = fma(p, r, set(1.0f));
  return p * reinterpret_cast<F>(reinterpret_cast<U>(shifted) << 23);
}

struct ScanInputs {
  const f32 *u, *delta, *a, *b, *c, *d;
  const i32* offsets;
  i64 channels, stateSize;
};

template <class Args>
inline Status resolveScan(const Args& args, Context& ctx, ScanInputs& in) {
  const i64 rows = args.rows, channels = args.channels, n = args.stateSize;
  if (!sizesValid(rows, args.segments, channels) || n < 1 || n > maxStateSize) return ctx.fail(Status::badSize);
  in.channels = channels;
  in.stateSize = n;
  JAMBALAYA_TRY(ctx.in(args.u, rows * channels, in.u));
  JAMBALAYA_TRY(ctx.in(args.delta, rows * channels, in.delta));
  JAMBALAYA_TRY(ctx.in(args.a, channels * n, in.a));
  JAMBALAYA_TRY(ctx.in(args.b, rows * n, in.b));
  JAMBALAYA_TRY(ctx.in(args.c, rows * n, in.c));
  JAMBALAYA_TRY(ctx.in(args.d, channels, in.d));
  return resolveOffsets(args, ctx, in.offsets);
}

/** Rows of a (C, N) for one vector of channels, times `factor`, as (N, W); lanes past the last channel are zero. */
inline void loadRates(const ScanInputs& in, i64 channel, f32 factor, f32* rates) {
  const i64 lanes = min<i64>(W, in.channels - channel);
  forVectors(in.stateSize, [&](i64 n, auto part) {
    F v[W];
    for (i64 lane = 0; lane < W; ++lane) {
      v[lane] = lane < lanes ? part.load(in.a + (channel + lane) * in.stateSize + n) * factor : zero();
    }
    transposeLanes(v);
    for (i64 i = 0; i < min<i64>(W, in.stateSize - n); ++i) store(rates + (n + i) * W, v[i]);
  });
}
constexpr f32 log2e = 0x1.715476p+0f;

/**
 * Copies `count` channels of a state (N, C), W-aligned from `channel` on, into vectors' (N, W) one behind the other, and
 * back. `source` may be null, for zeros.
 */
inline void loadState(const f32* source, const ScanInputs& in, i64 channel, i64 count, f32* state) {
  for (i64 n = 0; n < in.stateSize; ++n) {
    forVectors(count, [&](i64 i, auto part) {
      store(state + i * in.stateSize + n * W, source == nullptr ? zero() : part.load(source + n * in.channels + channel + i));
    });
  }
}
inline void storeState(const f32* state, const ScanInputs& in, i64 channel, i64 count, f32* target) {
  for (i64 n = 0; n < in.stateSize; ++n) {
    forVectors(count, [&](i64 i, auto part) {
      part.store(target + n * in.channels + channel + i, load(state + i * in.stateSize + n * W));
    });
  }
}

/** Rows of one vector of channels, `next` elements apart. */
struct ScanSteps {
  const f32* first;
  i64 next;
};

/** Steps [first, last) of one vector of channels; `state` (N, W) is changed in place. */
template <class Part>
inline void scanSteps(const ScanInputs& in, ScanSteps deltas, i64 first, i64 last, i64 channel, Part part, const f32* rates,
                      f32* state, f32* out) {
  const F skip = part.load(in.d + channel);
  const i64 count = in.stateSize;
  for (i64 t = first; t < last; ++t) {
    const f32 *b = in.b + t * count, *c = in.c + t * count;
    const F delta = part.load(deltas.first + (t - first) * deltas.next), u = part.load(in.u + t * in.channels + channel);
    const F input = delta * u;
    F sum = zero();
    for (i64 n = 0; n < count; ++n) {
      const F next = fma(decay(delta * load(rates + n * W)), load(state + n * W), input * b[n]);
      store(state + n * W, next);
      sum = fma(next, set(c[n]), sum);
    }
    part.store(out + t * in.channels + channel, fma(skip, u, sum));
  }
}

/** Channels of a piece of work when segments are short: moving states is then most of it, and wants long stretches. */
constexpr i64 scanShortChannels = 256;
constexpr i64 scanShortRows = 16;
static_assert(2 * maxStateSize * scanShortChannels * 4 <= scratchBytes, "no room for the states of a piece");

inline Status selectiveScan(const SelectiveScanArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, channels = args.channels, n = args.stateSize;
  ScanInputs in;
  f32* out;
  SegmentStates states;
  JAMBALAYA_TRY(resolveScan(args, ctx, in));
  if (!sizesValid(args.stateSlots)) return ctx.fail(Status::badSize);
  JAMBALAYA_TRY(ctx.out(args.out, rows * channels, out));
  JAMBALAYA_TRY(resolveStates(args, n, ctx, states));

  // A piece owns whole columns of a segment's state: it reads them all before it writes them.
  const i64 rowsEach = rows / max<i64>(segments, 1) + 1, width = rowsEach > scanShortRows ? W : scanShortChannels;
  ctx.parallel(ceilDiv(channels, width) * segments, workGrain(rowsEach * n * width * 8), [&](i64 begin, i64 end, Scratch& scratch) {
    f32* rates = scratch.take<f32>(n * width);
    f32* state = scratch.take<f32>(n * width);
    for (i64 item = begin; item < end; ++item) {
      const i64 s = item % segments, channel = item / segments * width, count = min(width, channels - channel);
      if (item == begin || s == 0) {
        for (i64 i = 0; i < count; i += W) loadRates(in, channel + i, log2e, rates + i * n);
      }
      loadState(states.before(s), in, channel, count, state);
      const i64 stop = in.offsets[s + 1];
      forVectors(count, [&](i64 i, auto part) {
        f32 smoothed[scanChunk * W];
        for (i64 first = in.offsets[s], last; first < stop; first = last) {
          last = min(stop, args.softplus != 0 ? first + scanChunk : stop);
          ScanSteps deltas = {in.delta + first * channels + channel + i, channels};
          if (args.softplus != 0) {
            for (i64 t = 0; t < last - first; ++t) store(smoothed + t * W, softplus(part.load(deltas.first + t * channels)));
            deltas = {smoothed, W};
          }
          scanSteps(in, deltas, first, last, channel + i, part, rates + i * n, state + i * n, out);
        }
      });
      states.forTargets(s, [&](f32* target) { storeState(state, in, channel, count, target); });
    }
  });
  return Status::ok;
}

/** Scratch memory of the backward scan for one vector of channels; all but `states` and `decays` are (N, W). */
struct ScanScratch {
  f32 *rates, *a;
  /** The state before each step of the chunk and after the last, (scanChunk + 1, N, W), and each step's decays. */
  f32 *states, *decays;
  /** The gradient that reaches the state from later steps, and the sum of dA so far. */
  f32 *carry, *dA;

  ScanScratch(Scratch& scratch, i64 n) {
    rates = scratch.take<f32>(n * W);
    a = scratch.take<f32>(n * W);
    states = scratch.take<f32>((scanChunk + 1) * n * W);
    decays = scratch.take<f32>(scanChunk * n * W);
    carry = scratch.take<f32>(n * W);
    dA = scratch.take<f32>(n * W);
  }
};
static_assert((2 * scanChunk + 5) * maxStateSize * W * 4 <= scratchBytes, "no room for the states of a chunk");

/** Recomputes `steps` states and decays from `states`' first block on; without `keep` only the last state, in place. */
template <bool keep, class Part>
inline void recomputeStates(const ScanInputs& in, i64 first, i64 steps, i64 channel, Part part, const ScanScratch& scratch) {
  const i64 count = in.stateSize, size = count * W;
  const f32* rates = scratch.rates;
  for (i64 step = 0; step < steps; ++step) {
    const i64 t = first + step;
    const f32* b = in.b + t * count;
    const f32* state = scratch.states + (keep ? step * size : 0);
    f32 *next = scratch.states + (keep ? (step + 1) * size : 0), *decays = scratch.decays + step * size;
    const F delta = part.load(in.delta + t * in.channels + channel);
    const F input = delta * part.load(in.u + t * in.channels + channel);
    for (i64 n = 0; n < count; ++n) {
      const F factor = decay(delta * load(rates + n * W));
      if (keep) store(decays + n * W, factor);
      store(next + n * W, fma(factor, load(state + n * W), input * b[n]));
    }
  }
}

struct ScanGradients {
  const f32* dOut;
  f32 *dU, *dDelta;
};

/**
 * One step back in time, with g the gradient of s_t (carry + dOut c):
 *   dU = delta sum_n g b + d dOut;  dDelta = u sum_n g b + sum_n a g decay s_{t-1};  dA += delta g decay s_{t-1};
 *   carry = g decay.  The sums of dB = g delta u and dC = s_t dOut over the lanes go, or with `add` are added, to `sums` (2N).
 */
template <class Part>
inline void scanStepBackward(const ScanInputs& in, const ScanGradients& out, i64 t, i64 step, i64 channel, Part part, F skip,
                             const ScanScratch& scratch, bool add, f32* sums) {
  const i64 count = in.stateSize, at = t * in.channels + channel;
  const f32 *b = in.b + t * count, *c = in.c + t * count;
  const f32 *before = scratch.states + step * count * W, *after = before + count * W, *decays = scratch.decays + step * count * W;
  const F delta = part.load(in.delta + at), u = part.load(in.u + at);
  const F dOut = out.dOut == nullptr ? zero() : part.load(out.dOut + at);
  const F input = delta * u;
  const f32* a = scratch.a;
  f32 *carry = scratch.carry, *dA = scratch.dA;
  F ofInput = zero(), ofDecay = zero();
  const auto state = [&](i64 n) -> Pair {
    const F grad = fma(dOut, set(c[n]), load(carry + n * W));
    const F carried = grad * load(decays + n * W);
    const F product = carried * load(before + n * W);
    ofInput = fma(grad, set(b[n]), ofInput);
    ofDecay = fma(product, load(a + n * W), ofDecay);
    store(dA + n * W, fma(product, delta, load(dA + n * W)));
    store(carry + n * W, carried);
    return {grad * input, dOut * load(after + n * W)};
  };
  for (i64 group = 0; group < count; group += W) {
    const i64 present = min<i64>(W, count - group);
    const Pair sum = present == W ? sumEachPair([&](int i) { return state(group + i); })
                                  : sumEachPair([&](int i) { return i < present ? state(group + i) : Pair{}; });
    forVectors(group, group + present, [&](i64 n, auto lanes) {
      lanes.store(sums + n, add ? lanes.load(sums + n) + sum.first : sum.first);
      lanes.store(sums + count + n, add ? lanes.load(sums + count + n) + sum.second : sum.second);
    });
  }
  part.store(out.dU + at, fma(delta, ofInput, skip * dOut));
  part.store(out.dDelta + at, fma(u, ofInput, ofDecay));
}

/**
 * States are recomputed: a pass forward keeps the state before every chunk in `checkpoints`, then each chunk, last first,
 * is run again into scratch memory and followed back. A piece is a block of channels with all its segments, so that dA and
 * dD have one order of summation: time from last to first.
 */
inline Status selectiveScanBackward(const SelectiveScanBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, channels = args.channels, n = args.stateSize;
  ScanInputs in;
  ScanGradients out;
  const f32 *initial, *dFinal;
  f32 *dA, *dB, *dC, *dD, *dInitial, *checkpoints, *partials;
  JAMBALAYA_TRY(resolveScan(args, ctx, in));
  const i64 blocks = ceilDiv(channels, scanChannelBlock), stateCount = extent(segments, n, channels);
  JAMBALAYA_TRY(ctx.inOptional(args.initial, stateCount, initial));
  JAMBALAYA_TRY(ctx.inOptional(args.dOut, rows * channels, out.dOut));
  JAMBALAYA_TRY(ctx.inOptional(args.dFinal, stateCount, dFinal));
  JAMBALAYA_TRY(ctx.out(args.dU, rows * channels, out.dU));
  JAMBALAYA_TRY(ctx.out(args.dDelta, rows * channels, out.dDelta));
  JAMBALAYA_TRY(ctx.out(args.dA, channels * n, dA));
  JAMBALAYA_TRY(ctx.out(args.dB, rows * n, dB));
  JAMBALAYA_TRY(ctx.out(args.dC, rows * n, dC));
  JAMBALAYA_TRY(ctx.out(args.dD, channels, dD));
  JAMBALAYA_TRY(ctx.outOptional(args.dInitial, stateCount, dInitial));
  JAMBALAYA_TRY(ctx.out(args.checkpoints, extent(ceilDiv(rows, scanChunk) + segments, n, channels), checkpoints));
  JAMBALAYA_TRY(ctx.out(args.partials, extent(blocks, rows, 2 * n), partials));

  ctx.parallel(blocks, workGrain(rows * n * scanChannelBlock * 16), [&](i64 begin, i64 end, Scratch& memory) {
    const ScanScratch scratch(memory, n);
    const auto vector = [&](i64 block, i64 channel, auto part) {
      const i64 lanes = min<i64>(W, channels - channel);
      loadRates(in, channel, log2e, scratch.rates);
      loadRates(in, channel, 1, scratch.a);
      for (i64 i = 0; i < n * W; i += W) store(scratch.dA + i, zero());
      const F skip = part.load(in.d + channel);
      F ofSkip = zero();
      for (i64 s = segments - 1; s >= 0; --s) {
        const i64 first = in.offsets[s], length = in.offsets[s + 1] - first, chunks = ceilDiv(length, scanChunk);
        // Segment s has room from here on: its chunks end before those of the next begin.
        f32* kept = checkpoints + (first / scanChunk + s) * n * channels;
        loadState(initial == nullptr ? nullptr : initial + s * n * channels, in, channel, lanes, scratch.states);
        for (i64 chunk = 0; chunk + 1 < chunks; ++chunk) {
          storeState(scratch.states, in, channel, lanes, kept + chunk * n * channels);
          recomputeStates<false>(in, first + chunk * scanChunk, scanChunk, channel, part, scratch);
        }
        loadState(dFinal == nullptr ? nullptr : dFinal + s * n * channels, in, channel, lanes, scratch.carry);
        for (i64 chunk = chunks - 1; chunk >= 0; --chunk) {
          const i64 start = first + chunk * scanChunk, steps = min<i64>(scanChunk, length - chunk * scanChunk);
          if (chunk + 1 < chunks) loadState(kept + chunk * n * channels, in, channel, lanes, scratch.states);
          recomputeStates<true>(in, start, steps, channel, part, scratch);
          for (i64 step = steps - 1; step >= 0; --step) {
            const i64 t = start + step;
            scanStepBackward(in, out, t, step, channel, part, skip, scratch, channel % scanChannelBlock != 0, partials + (block * rows + t) * 2 * n);
            if (out.dOut != nullptr) {
              ofSkip = fma(part.load(out.dOut + t * channels + channel), part.load(in.u + t * channels + channel), ofSkip);
            }
          }
        }
        if (dInitial != nullptr) storeState(scratch.carry, in, channel, lanes, dInitial + s * n * channels);
      }
      part.store(dD + channel, ofSkip);
      for (i64 lane = 0; lane < lanes; ++lane) {
        for (i64 i = 0; i < n; ++i) dA[(channel + lane) * n + i] = scratch.dA[i * W + lane];
      }
    };
    for (i64 block = begin; block < end; ++block) {
      const i64 first = block * scanChannelBlock;
      forVectors(first, min(channels, first + scanChannelBlock), [&](i64 channel, auto part) { vector(block, channel, part); });
    }
  });

  // Blocks of channels meet in ascending order.
  ctx.parallel(rows, rowGrain(2 * n * blocks), [&](i64 begin, i64 end, Scratch&) {
    for (i64 t = begin; t < end; ++t) {
      const auto total = [&](i64 offset, f32* target) {
        forVectors(n, [&](i64 i, auto part) {
          F sum = zero();
          for (i64 block = 0; block < blocks; ++block) sum = sum + part.load(partials + (block * rows + t) * 2 * n + offset + i);
          part.store(target + t * n + i, sum);
        });
      };
      total(0, dB);
      total(n, dC);
    }
  });
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA

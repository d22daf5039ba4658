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

/** Vectors of channels that take a step together, as many as the registers hold. */
constexpr int scanVectors = manyRegisters ? 4 : 1;

/** Rows of deltas, `next` elements apart. */
struct ScanSteps {
  const f32* first;
  i64 next;
};

/** Steps [first, last) of V vectors of channels; `rates` and `state`, (N, W) each and one behind the other, are changed in place. */
template <int V, class Part>
inline void scanSteps(const ScanInputs& in, ScanSteps deltas, i64 first, i64 last, i64 channel, Part part, const f32* rates,
                      f32* state, f32* out) {
  const i64 count = in.stateSize;
  F skip[V];
  forEach<V>([&](auto v) JAMBALAYA_INLINE { skip[v] = part.load(in.d + channel + v * W); });
  for (i64 t = first; t < last; ++t) {
    const f32 *b = in.b + t * count, *c = in.c + t * count;
    F delta[V], input[V], sum[V];
    forEach<V>([&](auto v) JAMBALAYA_INLINE {
      const F u = part.load(in.u + t * in.channels + channel + v * W);
      delta[v] = part.load(deltas.first + (t - first) * deltas.next + v * W);
      input[v] = delta[v] * u;
      sum[v] = zero();
    });
    for (i64 n = 0; n < count; ++n) {
      forEach<V>([&](auto v) JAMBALAYA_INLINE {
        f32* at = state + (v * count + n) * W;
        const F next = fma(decay(delta[v] * load(rates + (v * count + n) * W)), load(at), input[v] * b[n]);
        store(at, next);
        sum[v] = fma(next, set(c[n]), sum[v]);
      });
    }
    forEach<V>([&](auto v) JAMBALAYA_INLINE {
      const i64 at = t * in.channels + channel + v * W;
      part.store(out + at, fma(skip[v], part.load(in.u + at), sum[v]));
    });
  }
}

/** Elements of the states before every `scanChunk`-th step of a segment; too many for any operand become -1. */
constexpr i64 checkpointCount(i64 rows, i64 segments, i64 n, i64 channels) {
  return extent(ceilDiv(rows, scanChunk) + segments, n, channels);
}
/** The state before step t of segment s, which begins at `first`: its chunks end before those of the next segment begin. */
template <class T>
inline T* checkpointAt(T* checkpoints, const ScanInputs& in, i64 s, i64 first, i64 t) {
  return checkpoints + (first / scanChunk + s + (t - first) / scanChunk) * in.stateSize * in.channels;
}

/** Channels of a piece of work when segments are short: moving states is then most of it, and wants long stretches. */
constexpr i64 scanShortChannels = 256;
constexpr i64 scanShortRows = 16;
static_assert((2 * maxStateSize * scanShortChannels + scanChunk * scanVectors * W) * 4 <= scratchBytes, "no room for the states of a piece");

inline Status selectiveScan(const SelectiveScanArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, channels = args.channels, n = args.stateSize;
  ScanInputs in;
  f32 *out, *steps, *checkpoints;
  SegmentStates states;
  JAMBALAYA_TRY(resolveScan(args, ctx, in));
  if (!sizesValid(args.stateSlots)) return ctx.fail(Status::badSize);
  JAMBALAYA_TRY(ctx.out(args.out, rows * channels, out));
  JAMBALAYA_TRY(ctx.outOptional(args.steps, rows * channels, steps));
  JAMBALAYA_TRY(ctx.outOptional(args.checkpoints, checkpointCount(rows, segments, n, channels), checkpoints));
  JAMBALAYA_TRY(resolveStates(args, n, ctx, states));

  // A piece owns whole columns of a segment's state: it reads them all before it writes them.
  const i64 rowsEach = rows / max<i64>(segments, 1) + 1, width = rowsEach > scanShortRows ? scanVectors * W : scanShortChannels;
  const bool inChunks = args.softplus != 0 || steps != nullptr || checkpoints != nullptr;
  ctx.parallel(ceilDiv(channels, width) * segments, workGrain(rowsEach * n * width * 8), [&](i64 begin, i64 end, Scratch& scratch) {
    f32* rates = scratch.take<f32>(n * width);
    f32* state = scratch.take<f32>(n * width);
    f32* chunk = scratch.take<f32>(scanChunk * scanVectors * W);
    for (i64 item = begin; item < end; ++item) {
      const i64 s = item % segments, channel = item / segments * width, count = min(width, channels - channel);
      if (item == begin || s == 0) {
        for (i64 i = 0; i < count; i += W) loadRates(in, channel + i, log2e, rates + i * n);
      }
      loadState(states.before(s), in, channel, count, state);
      const i64 start = in.offsets[s], stop = in.offsets[s + 1];
      const auto vectors = [&](auto together, i64 i, auto part) {
        constexpr int V = together;
        for (i64 first = start, last; first < stop; first = last) {
          last = min(stop, inChunks ? first + scanChunk : stop);
          ScanSteps deltas = {in.delta + first * channels + channel + i, channels};
          if (inChunks) {
            for (i64 t = 0; t < last - first; ++t) {
              for (i64 v = 0; v < V * W; v += W) {
                // Rows are too far apart for the hardware to see them coming.
                __builtin_prefetch(deltas.first + (t + 8) * channels + v);
                __builtin_prefetch(in.u + (first + t) * channels + channel + i + v);
                const F given = part.load(deltas.first + t * channels + v), step = args.softplus != 0 ? softplus(given) : given;
                store(chunk + t * V * W + v, step);
                if (steps != nullptr) part.store(steps + (first + t) * channels + channel + i + v, step);
              }
            }
            deltas = {chunk, V * W};
          }
          if (checkpoints != nullptr) {
            storeState(state + i * n, in, channel + i, min<i64>(V * W, count - i), checkpointAt(checkpoints, in, s, start, first));
          }
          scanSteps<V>(in, deltas, first, last, channel + i, part, rates + i * n, state + i * n, out);
        }
      };
      i64 i = 0;
      for (; i + scanVectors * W <= count; i += scanVectors * W) vectors(Index<scanVectors>{}, i, Whole{});
      forVectors(i, count, [&](i64 at, auto part) { vectors(Index<1>{}, at, part); });
      states.forTargets(s, [&](f32* target) { storeState(state, in, channel, count, target); });
    }
  });
  return Status::ok;
}

/** States that are followed back together, in registers; W / 2 of their sums over lanes, or W, are one vector. */
constexpr int scanGroup = W > 4 ? W / 4 : 2;
typedef f32 ScanGroup __attribute__((vector_size(4 * scanGroup)));

/** Scratch memory of the backward scan for one vector of channels. */
struct ScanScratch {
  /** (N, W): rates, the gradient that reaches the state from later steps, and the sum of dA so far. */
  f32 *rates, *carry, *dA;
  /** Of each step of the chunk, (scanChunk, W): its delta, delta u, dOut, and sums over the states of g b and of g decay s a. */
  f32 *delta, *input, *dOut, *ofInput, *ofDecay;
  /** Of one group: the state before each step of the chunk and after the last, (scanChunk + 1, G, W), and each step's decays. */
  f32 *states, *decays;

  ScanScratch(Scratch& scratch, i64 n) {
    rates = scratch.take<f32>(n * W);
    carry = scratch.take<f32>(n * W);
    dA = scratch.take<f32>(n * W);
    delta = scratch.take<f32>(scanChunk * W);
    input = scratch.take<f32>(scanChunk * W);
    dOut = scratch.take<f32>(scanChunk * W);
    ofInput = scratch.take<f32>(scanChunk * W);
    ofDecay = scratch.take<f32>(scanChunk * W);
    states = scratch.take<f32>((scanChunk + 1) * scanGroup * W);
    decays = scratch.take<f32>(scanChunk * scanGroup * W);
  }
};
static_assert((3 * maxStateSize + (5 + 2 * scanGroup) * scanChunk + scanGroup) * W * 4 <= scratchBytes, "no room for a chunk");

/** Lane i of the result, of 2 G vectors, is the sum of the lanes of v[i]. */
template <int Vectors>
JAMBALAYA_INLINE inline F sumGroup(F (&v)[Vectors]) {
  if constexpr (Vectors == W / 2) {
    const F sums = halfSums(v);
    return sums + upperFirst(sums);
  } else {
    static_assert(Vectors == W && W == 4, "pairs of four lanes");
    const F first = addPairs(v[0], v[1]), second = addPairs(v[2], v[3]);
    return evenLanes(first, second) + oddLanes(first, second);
  }
}

/** Adds the sums of a step's products over the lanes to dB's and dC's, or puts them there. */
inline void addSums(f32* target, const f32* sums, bool add) {
  ScanGroup present = {}, more;
  if (add) __builtin_memcpy(&present, target, sizeof(present));
  __builtin_memcpy(&more, sums, sizeof(more));
  present += more;
  __builtin_memcpy(target, &present, sizeof(present));
}

/**
 * States [n, n + COUNT) of one chunk, run again from `before` and followed back. With g the gradient of s_t (carry + dOut c):
 *   ofInput += g b;  ofDecay += g decay s_{t-1} a;  dA += delta g decay s_{t-1};  carry = g decay.
 * The sums of dB = g delta u and dC = s_t dOut over the lanes go, or with `add` are added, to `sums` (steps, 2N).
 */
template <int COUNT, class Part>
inline void scanGroupBackward(const ScanInputs& in, i64 first, i64 steps, i64 n, const f32* before, Part part, const ScanScratch& scratch,
                              bool add, f32* sums) {
  const i64 count = in.stateSize;
  F rates[COUNT], state[COUNT], carry[COUNT], dA[COUNT];
  forEach<COUNT>([&](auto i) JAMBALAYA_INLINE {
    rates[i] = load(scratch.rates + (n + i) * W);
    state[i] = part.load(before + (n + i) * in.channels);
    carry[i] = load(scratch.carry + (n + i) * W);
    dA[i] = load(scratch.dA + (n + i) * W);
    store(scratch.states + i * W, state[i]);
  });
  for (i64 step = 0; step < steps; ++step) {
    const F delta = load(scratch.delta + step * W), input = load(scratch.input + step * W);
    const f32* b = in.b + (first + step) * count + n;
    forEach<COUNT>([&](auto i) JAMBALAYA_INLINE {
      const F factor = decay(delta * rates[i]);
      state[i] = fma(factor, state[i], input * b[i]);
      store(scratch.decays + (step * COUNT + i) * W, factor);
      store(scratch.states + ((step + 1) * COUNT + i) * W, state[i]);
    });
  }
  for (i64 step = steps - 1; step >= 0; --step) {
    const f32 *b = in.b + (first + step) * count + n, *c = in.c + (first + step) * count + n;
    const F delta = load(scratch.delta + step * W), input = load(scratch.input + step * W), dOut = load(scratch.dOut + step * W);
    F ofInput = zero(), ofDecay = zero(), products[2 * COUNT];
    if (n > 0) {
      ofInput = load(scratch.ofInput + step * W);
      ofDecay = load(scratch.ofDecay + step * W);
    }
    forEach<COUNT>([&](auto i) JAMBALAYA_INLINE {
      const F grad = fma(dOut, set(c[i]), carry[i]);
      products[i] = grad * input;
      products[COUNT + i] = dOut * state[i];
      state[i] = load(scratch.states + (step * COUNT + i) * W);
      carry[i] = grad * load(scratch.decays + (step * COUNT + i) * W);
      const F kept = carry[i] * state[i];
      ofInput = fma(grad, set(b[i]), ofInput);
      ofDecay = fma(kept, rates[i], ofDecay);
      dA[i] = fma(kept, delta, dA[i]);
    });
    store(scratch.ofInput + step * W, ofInput);
    store(scratch.ofDecay + step * W, ofDecay);
    f32* target = sums + step * 2 * count + n;
    if constexpr (COUNT == scanGroup) {
      f32 lanes[W];
      store(lanes, sumGroup(products));
      addSums(target, lanes, add);
      addSums(target + count, lanes + COUNT, add);
    } else {
      target[0] = (add ? target[0] : 0) + reduceAdd(products[0]);
      target[count] = (add ? target[count] : 0) + reduceAdd(products[1]);
    }
  }
  forEach<COUNT>([&](auto i) JAMBALAYA_INLINE {
    store(scratch.carry + (n + i) * W, carry[i]);
    store(scratch.dA + (n + i) * W, dA[i]);
  });
}

/**
 * Each chunk of a segment, last first, is run again from the state that the forward pass kept before it, and followed back:
 *   dU = delta sum_n g b + d dOut;  dDelta = u sum_n g b + sum_n a g decay s_{t-1}, with `softplus` times its derivative.
 * A piece is a block of channels with all its segments, so that dA and dD have one order of summation: chunks from last to first.
 */
inline Status selectiveScanBackward(const SelectiveScanBackwardArgs& args, Context& ctx) {
  const i64 rows = args.rows, segments = args.segments, channels = args.channels, n = args.stateSize;
  ScanInputs in;
  const f32 *dOut, *dFinal, *checkpoints;
  f32 *dU, *dDelta, *dA, *dB, *dC, *dD, *dInitial, *partials;
  JAMBALAYA_TRY(resolveScan(args, ctx, in));
  const i64 blocks = ceilDiv(channels, scanChannelBlock), stateCount = extent(segments, n, channels);
  JAMBALAYA_TRY(ctx.in(args.checkpoints, checkpointCount(rows, segments, n, channels), checkpoints));
  JAMBALAYA_TRY(ctx.inOptional(args.dOut, rows * channels, dOut));
  JAMBALAYA_TRY(ctx.inOptional(args.dFinal, stateCount, dFinal));
  JAMBALAYA_TRY(ctx.out(args.dU, rows * channels, dU));
  JAMBALAYA_TRY(ctx.out(args.dDelta, rows * channels, dDelta));
  JAMBALAYA_TRY(ctx.out(args.dA, channels * n, dA));
  JAMBALAYA_TRY(ctx.out(args.dB, rows * n, dB));
  JAMBALAYA_TRY(ctx.out(args.dC, rows * n, dC));
  JAMBALAYA_TRY(ctx.out(args.dD, channels, dD));
  JAMBALAYA_TRY(ctx.outOptional(args.dInitial, stateCount, dInitial));
  JAMBALAYA_TRY(ctx.out(args.partials, extent(blocks, rows, 2 * n), partials));

  ctx.parallel(blocks, workGrain(rows * n * scanChannelBlock * 16), [&](i64 begin, i64 end, Scratch& memory) {
    const ScanScratch scratch(memory, n);
    const auto vector = [&](i64 block, i64 channel, auto part) {
      const i64 lanes = min<i64>(W, channels - channel);
      loadRates(in, channel, log2e, scratch.rates);
      for (i64 i = 0; i < n * W; i += W) store(scratch.dA + i, zero());
      const F skip = part.load(in.d + channel);
      F ofSkip = zero();
      for (i64 s = segments - 1; s >= 0; --s) {
        const i64 first = in.offsets[s], length = in.offsets[s + 1] - first;
        loadState(dFinal == nullptr ? nullptr : dFinal + s * n * channels, in, channel, lanes, scratch.carry);
        for (i64 chunk = ceilDiv(length, scanChunk) - 1; chunk >= 0; --chunk) {
          const i64 start = first + chunk * scanChunk, steps = min<i64>(scanChunk, length - chunk * scanChunk);
          for (i64 step = 0; step < steps; ++step) {
            const i64 at = (start + step) * channels + channel;
            const F delta = part.load(in.delta + at), u = part.load(in.u + at);
            const F grad = dOut == nullptr ? zero() : part.load(dOut + at);
            store(scratch.delta + step * W, delta);
            store(scratch.input + step * W, delta * u);
            store(scratch.dOut + step * W, grad);
            ofSkip = fma(grad, u, ofSkip);
          }
          const f32* before = checkpointAt(checkpoints, in, s, first, start) + channel;
          f32* sums = partials + (block * rows + start) * 2 * n;
          const bool add = channel % scanChannelBlock != 0;
          i64 i = 0;
          for (; i + scanGroup <= n; i += scanGroup) scanGroupBackward<scanGroup>(in, start, steps, i, before, part, scratch, add, sums);
          for (; i < n; ++i) scanGroupBackward<1>(in, start, steps, i, before, part, scratch, add, sums);
          for (i64 step = 0; step < steps; ++step) {
            const i64 at = (start + step) * channels + channel;
            const F delta = load(scratch.delta + step * W), ofInput = load(scratch.ofInput + step * W);
            part.store(dU + at, fma(delta, ofInput, skip * load(scratch.dOut + step * W)));
            const F ofDelta = fma(part.load(in.u + at), ofInput, load(scratch.ofDecay + step * W) * (1 / log2e));
            part.store(dDelta + at, args.softplus == 0 ? ofDelta : ofDelta * oneMinusDecay(delta));
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

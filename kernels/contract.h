// Generated from src/contract/ops.ts by scripts/generate-contract.mjs. Do not edit.
#pragma once
#include "engine/reader.h"

namespace jambalaya::JAMBALAYA_ISA {

enum DType : i32 { F32 = 0, BF16 = 1, F16 = 2, I8 = 3, I32 = 4 };
enum MatmulMode : i32 { NT = 0, NN = 1, TN = 2 };
constexpr i32 attentionKeyBlock = 64;
constexpr i32 magnitudeBlock = 4096;
constexpr i32 maxConvWidth = 64;
constexpr i32 maxHeadSize = 512;
constexpr i32 maxStateSize = 256;
constexpr i32 maxTopK = 64;
constexpr i32 panelColumns = 16;
constexpr i32 panelInner = 32;
constexpr i32 scanChannelBlock = 64;
constexpr i32 scanChunk = 64;

struct MatmulArgs {
  static constexpr i32 opcode = 1;
  Ref a, b, bScale, bias, out;
  i32 rows, inner, columns, mode;
  explicit MatmulArgs(Reader& r) {
    a = r.ref();
    b = r.ref();
    bScale = r.ref();
    bias = r.ref();
    out = r.ref();
    rows = r.integer();
    inner = r.integer();
    columns = r.integer();
    mode = r.integer();
  }
};

struct GroupedMatmulArgs {
  static constexpr i32 opcode = 2;
  Ref a, offsets, out;
  i32 rows, inner, columns, experts, mode;
  RefList b, bScale;
  explicit GroupedMatmulArgs(Reader& r) {
    a = r.ref();
    offsets = r.ref();
    out = r.ref();
    rows = r.integer();
    inner = r.integer();
    columns = r.integer();
    experts = r.integer();
    mode = r.integer();
    b = r.list();
    bScale = r.list();
  }
};

struct GroupedWeightGradArgs {
  static constexpr i32 opcode = 3;
  Ref a, dOut, offsets;
  i32 rows, inner, columns, experts;
  RefList out;
  explicit GroupedWeightGradArgs(Reader& r) {
    a = r.ref();
    dOut = r.ref();
    offsets = r.ref();
    rows = r.integer();
    inner = r.integer();
    columns = r.integer();
    experts = r.integer();
    out = r.list();
  }
};

struct GatherRowsArgs {
  static constexpr i32 opcode = 4;
  Ref table, tableScale, indices, out;
  i32 rows, columns, tableRows;
  explicit GatherRowsArgs(Reader& r) {
    table = r.ref();
    tableScale = r.ref();
    indices = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    tableRows = r.integer();
  }
};

struct ScatterAddRowsArgs {
  static constexpr i32 opcode = 5;
  Ref x, indices, out;
  i32 rows, columns, tableRows;
  explicit ScatterAddRowsArgs(Reader& r) {
    x = r.ref();
    indices = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    tableRows = r.integer();
  }
};

struct GatherColumnsArgs {
  static constexpr i32 opcode = 6;
  Ref x, indices, out;
  i32 rows, columns, picked;
  explicit GatherColumnsArgs(Reader& r) {
    x = r.ref();
    indices = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    picked = r.integer();
  }
};

struct ScatterColumnsArgs {
  static constexpr i32 opcode = 7;
  Ref x, indices, out;
  i32 rows, columns, picked;
  explicit ScatterColumnsArgs(Reader& r) {
    x = r.ref();
    indices = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    picked = r.integer();
  }
};

struct RmsNormArgs {
  static constexpr i32 opcode = 8;
  Ref x, weight, out, inverseRms;
  i32 rows, columns;
  f32 eps;
  explicit RmsNormArgs(Reader& r) {
    x = r.ref();
    weight = r.ref();
    out = r.ref();
    inverseRms = r.ref();
    rows = r.integer();
    columns = r.integer();
    eps = r.real();
  }
};

struct RmsNormBackwardArgs {
  static constexpr i32 opcode = 9;
  Ref x, weight, inverseRms, dOut, dX, dWeight;
  i32 rows, columns;
  explicit RmsNormBackwardArgs(Reader& r) {
    x = r.ref();
    weight = r.ref();
    inverseRms = r.ref();
    dOut = r.ref();
    dX = r.ref();
    dWeight = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct LayerNormArgs {
  static constexpr i32 opcode = 10;
  Ref x, weight, bias, out, mean, inverseDeviation;
  i32 rows, columns;
  f32 eps;
  explicit LayerNormArgs(Reader& r) {
    x = r.ref();
    weight = r.ref();
    bias = r.ref();
    out = r.ref();
    mean = r.ref();
    inverseDeviation = r.ref();
    rows = r.integer();
    columns = r.integer();
    eps = r.real();
  }
};

struct LayerNormBackwardArgs {
  static constexpr i32 opcode = 11;
  Ref x, weight, mean, inverseDeviation, dOut, dX, dWeight, dBias;
  i32 rows, columns;
  explicit LayerNormBackwardArgs(Reader& r) {
    x = r.ref();
    weight = r.ref();
    mean = r.ref();
    inverseDeviation = r.ref();
    dOut = r.ref();
    dX = r.ref();
    dWeight = r.ref();
    dBias = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct SoftmaxArgs {
  static constexpr i32 opcode = 12;
  Ref x, out;
  i32 rows, columns;
  explicit SoftmaxArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct LogSoftmaxArgs {
  static constexpr i32 opcode = 13;
  Ref x, out;
  i32 rows, columns;
  explicit LogSoftmaxArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct SiluArgs {
  static constexpr i32 opcode = 14;
  Ref x, up, out;
  i32 count;
  explicit SiluArgs(Reader& r) {
    x = r.ref();
    up = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct SiluBackwardArgs {
  static constexpr i32 opcode = 15;
  Ref x, up, dOut, dX, dUp;
  i32 count;
  explicit SiluBackwardArgs(Reader& r) {
    x = r.ref();
    up = r.ref();
    dOut = r.ref();
    dX = r.ref();
    dUp = r.ref();
    count = r.integer();
  }
};

struct GeluArgs {
  static constexpr i32 opcode = 16;
  Ref x, out;
  i32 count;
  explicit GeluArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct GeluBackwardArgs {
  static constexpr i32 opcode = 17;
  Ref x, dOut, dX;
  i32 count;
  explicit GeluBackwardArgs(Reader& r) {
    x = r.ref();
    dOut = r.ref();
    dX = r.ref();
    count = r.integer();
  }
};

struct SoftplusArgs {
  static constexpr i32 opcode = 18;
  Ref x, out;
  i32 count;
  explicit SoftplusArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct SigmoidArgs {
  static constexpr i32 opcode = 19;
  Ref x, out;
  i32 count;
  explicit SigmoidArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct ExpArgs {
  static constexpr i32 opcode = 20;
  Ref x, out;
  i32 count;
  explicit ExpArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct LogArgs {
  static constexpr i32 opcode = 21;
  Ref x, out;
  i32 count;
  explicit LogArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct TanhArgs {
  static constexpr i32 opcode = 22;
  Ref x, out;
  i32 count;
  explicit TanhArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct AddArgs {
  static constexpr i32 opcode = 23;
  Ref a, b, out;
  i32 rows, columns, bRows, bColumns;
  explicit AddArgs(Reader& r) {
    a = r.ref();
    b = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    bRows = r.integer();
    bColumns = r.integer();
  }
};

struct MulArgs {
  static constexpr i32 opcode = 24;
  Ref a, b, out;
  i32 rows, columns, bRows, bColumns;
  explicit MulArgs(Reader& r) {
    a = r.ref();
    b = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    bRows = r.integer();
    bColumns = r.integer();
  }
};

struct ScaleArgs {
  static constexpr i32 opcode = 25;
  Ref x, out;
  i32 count;
  f32 factor, shift;
  explicit ScaleArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
    factor = r.real();
    shift = r.real();
  }
};

struct AccumulateArgs {
  static constexpr i32 opcode = 26;
  Ref x, into;
  i32 count;
  explicit AccumulateArgs(Reader& r) {
    x = r.ref();
    into = r.ref();
    count = r.integer();
  }
};

struct FillArgs {
  static constexpr i32 opcode = 27;
  Ref out;
  i32 count;
  f32 value;
  explicit FillArgs(Reader& r) {
    out = r.ref();
    count = r.integer();
    value = r.real();
  }
};

struct CopyArgs {
  static constexpr i32 opcode = 28;
  Ref x, into;
  i32 count;
  explicit CopyArgs(Reader& r) {
    x = r.ref();
    into = r.ref();
    count = r.integer();
  }
};

struct CastArgs {
  static constexpr i32 opcode = 29;
  Ref x, out;
  i32 count;
  explicit CastArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

struct DropoutArgs {
  static constexpr i32 opcode = 30;
  Ref x, out;
  i32 count, seedLow, seedHigh;
  f32 probability;
  explicit DropoutArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
    seedLow = r.integer();
    seedHigh = r.integer();
    probability = r.real();
  }
};

struct SumArgs {
  static constexpr i32 opcode = 31;
  Ref x, out;
  i32 outer, size, inner;
  explicit SumArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    outer = r.integer();
    size = r.integer();
    inner = r.integer();
  }
};

struct ExpandArgs {
  static constexpr i32 opcode = 32;
  Ref x, out;
  i32 outer, size, inner;
  explicit ExpandArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    outer = r.integer();
    size = r.integer();
    inner = r.integer();
  }
};

struct SliceArgs {
  static constexpr i32 opcode = 33;
  Ref x, out;
  i32 outer, size, inner, start, length;
  explicit SliceArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    outer = r.integer();
    size = r.integer();
    inner = r.integer();
    start = r.integer();
    length = r.integer();
  }
};

struct PadArgs {
  static constexpr i32 opcode = 34;
  Ref x, out;
  i32 outer, size, inner, start, length;
  explicit PadArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    outer = r.integer();
    size = r.integer();
    inner = r.integer();
    start = r.integer();
    length = r.integer();
  }
};

struct ConcatArgs {
  static constexpr i32 opcode = 35;
  Ref sizes, out;
  i32 outer, size, inner, parts;
  RefList x;
  explicit ConcatArgs(Reader& r) {
    sizes = r.ref();
    out = r.ref();
    outer = r.integer();
    size = r.integer();
    inner = r.integer();
    parts = r.integer();
    x = r.list();
  }
};

struct TransposeArgs {
  static constexpr i32 opcode = 36;
  Ref x, out;
  i32 outer, rows, columns, inner;
  explicit TransposeArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    outer = r.integer();
    rows = r.integer();
    columns = r.integer();
    inner = r.integer();
  }
};

struct Conv1dArgs {
  static constexpr i32 opcode = 37;
  Ref x, weight, bias, offsets, initial, state, slots, out, final;
  i32 rows, segments, channels, width, stateSlots, silu;
  explicit Conv1dArgs(Reader& r) {
    x = r.ref();
    weight = r.ref();
    bias = r.ref();
    offsets = r.ref();
    initial = r.ref();
    state = r.ref();
    slots = r.ref();
    out = r.ref();
    final = r.ref();
    rows = r.integer();
    segments = r.integer();
    channels = r.integer();
    width = r.integer();
    stateSlots = r.integer();
    silu = r.integer();
  }
};

struct Conv1dBackwardArgs {
  static constexpr i32 opcode = 38;
  Ref x, weight, offsets, initial, dOut, dFinal, dX, dWeight, dBias, dInitial;
  i32 rows, segments, channels, width;
  explicit Conv1dBackwardArgs(Reader& r) {
    x = r.ref();
    weight = r.ref();
    offsets = r.ref();
    initial = r.ref();
    dOut = r.ref();
    dFinal = r.ref();
    dX = r.ref();
    dWeight = r.ref();
    dBias = r.ref();
    dInitial = r.ref();
    rows = r.integer();
    segments = r.integer();
    channels = r.integer();
    width = r.integer();
  }
};

struct SelectiveScanArgs {
  static constexpr i32 opcode = 39;
  Ref u, delta, a, b, c, d, offsets, initial, state, slots, out, final, steps, checkpoints;
  i32 rows, segments, channels, stateSize, stateSlots, softplus;
  explicit SelectiveScanArgs(Reader& r) {
    u = r.ref();
    delta = r.ref();
    a = r.ref();
    b = r.ref();
    c = r.ref();
    d = r.ref();
    offsets = r.ref();
    initial = r.ref();
    state = r.ref();
    slots = r.ref();
    out = r.ref();
    final = r.ref();
    steps = r.ref();
    checkpoints = r.ref();
    rows = r.integer();
    segments = r.integer();
    channels = r.integer();
    stateSize = r.integer();
    stateSlots = r.integer();
    softplus = r.integer();
  }
};

struct SelectiveScanBackwardArgs {
  static constexpr i32 opcode = 40;
  Ref u, delta, a, b, c, d, offsets, checkpoints, dOut, dFinal, dU, dDelta, dA, dB, dC, dD, dInitial, partials;
  i32 rows, segments, channels, stateSize, softplus;
  explicit SelectiveScanBackwardArgs(Reader& r) {
    u = r.ref();
    delta = r.ref();
    a = r.ref();
    b = r.ref();
    c = r.ref();
    d = r.ref();
    offsets = r.ref();
    checkpoints = r.ref();
    dOut = r.ref();
    dFinal = r.ref();
    dU = r.ref();
    dDelta = r.ref();
    dA = r.ref();
    dB = r.ref();
    dC = r.ref();
    dD = r.ref();
    dInitial = r.ref();
    partials = r.ref();
    rows = r.integer();
    segments = r.integer();
    channels = r.integer();
    stateSize = r.integer();
    softplus = r.integer();
  }
};

struct AttentionArgs {
  static constexpr i32 opcode = 41;
  Ref q, k, v, keyPages, valuePages, pageTable, offsets, starts, out, logSumExp;
  i32 rows, segments, heads, kvHeads, headSize, causal, pageTokens, maxPages, pages, bf16Products;
  f32 scale;
  explicit AttentionArgs(Reader& r) {
    q = r.ref();
    k = r.ref();
    v = r.ref();
    keyPages = r.ref();
    valuePages = r.ref();
    pageTable = r.ref();
    offsets = r.ref();
    starts = r.ref();
    out = r.ref();
    logSumExp = r.ref();
    rows = r.integer();
    segments = r.integer();
    heads = r.integer();
    kvHeads = r.integer();
    headSize = r.integer();
    causal = r.integer();
    pageTokens = r.integer();
    maxPages = r.integer();
    pages = r.integer();
    bf16Products = r.integer();
    scale = r.real();
  }
};

struct AttentionBackwardArgs {
  static constexpr i32 opcode = 42;
  Ref q, k, v, offsets, out, logSumExp, dOut, dQ, dK, dV, rest;
  i32 rows, segments, heads, kvHeads, headSize, causal;
  f32 scale;
  explicit AttentionBackwardArgs(Reader& r) {
    q = r.ref();
    k = r.ref();
    v = r.ref();
    offsets = r.ref();
    out = r.ref();
    logSumExp = r.ref();
    dOut = r.ref();
    dQ = r.ref();
    dK = r.ref();
    dV = r.ref();
    rest = r.ref();
    rows = r.integer();
    segments = r.integer();
    heads = r.integer();
    kvHeads = r.integer();
    headSize = r.integer();
    causal = r.integer();
    scale = r.real();
  }
};

struct AppendKeyValueArgs {
  static constexpr i32 opcode = 43;
  Ref k, v, pageTable, offsets, starts, keyPages, valuePages;
  i32 rows, segments, width, pageTokens, maxPages, pages;
  explicit AppendKeyValueArgs(Reader& r) {
    k = r.ref();
    v = r.ref();
    pageTable = r.ref();
    offsets = r.ref();
    starts = r.ref();
    keyPages = r.ref();
    valuePages = r.ref();
    rows = r.integer();
    segments = r.integer();
    width = r.integer();
    pageTokens = r.integer();
    maxPages = r.integer();
    pages = r.integer();
  }
};

struct RotaryArgs {
  static constexpr i32 opcode = 59;
  Ref x, frequencies, offsets, starts, out;
  i32 rows, segments, heads, headSize, inverse;
  f32 factor;
  explicit RotaryArgs(Reader& r) {
    x = r.ref();
    frequencies = r.ref();
    offsets = r.ref();
    starts = r.ref();
    out = r.ref();
    rows = r.integer();
    segments = r.integer();
    heads = r.integer();
    headSize = r.integer();
    inverse = r.integer();
    factor = r.real();
  }
};

struct TopKArgs {
  static constexpr i32 opcode = 44;
  Ref x, values, indices;
  i32 rows, columns, k;
  explicit TopKArgs(Reader& r) {
    x = r.ref();
    values = r.ref();
    indices = r.ref();
    rows = r.integer();
    columns = r.integer();
    k = r.integer();
  }
};

struct GroupByExpertArgs {
  static constexpr i32 opcode = 45;
  Ref indices, source, position, offsets;
  i32 rows, k, experts;
  explicit GroupByExpertArgs(Reader& r) {
    indices = r.ref();
    source = r.ref();
    position = r.ref();
    offsets = r.ref();
    rows = r.integer();
    k = r.integer();
    experts = r.integer();
  }
};

struct MoeCombineArgs {
  static constexpr i32 opcode = 46;
  Ref y, weights, position, out;
  i32 rows, k, columns;
  explicit MoeCombineArgs(Reader& r) {
    y = r.ref();
    weights = r.ref();
    position = r.ref();
    out = r.ref();
    rows = r.integer();
    k = r.integer();
    columns = r.integer();
  }
};

struct MoeCombineBackwardArgs {
  static constexpr i32 opcode = 47;
  Ref y, weights, position, dOut, dY, dWeights;
  i32 rows, k, columns;
  explicit MoeCombineBackwardArgs(Reader& r) {
    y = r.ref();
    weights = r.ref();
    position = r.ref();
    dOut = r.ref();
    dY = r.ref();
    dWeights = r.ref();
    rows = r.integer();
    k = r.integer();
    columns = r.integer();
  }
};

struct CrossEntropyArgs {
  static constexpr i32 opcode = 48;
  Ref logits, labels, loss, logSumExp;
  i32 rows, columns;
  explicit CrossEntropyArgs(Reader& r) {
    logits = r.ref();
    labels = r.ref();
    loss = r.ref();
    logSumExp = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct CrossEntropyBackwardArgs {
  static constexpr i32 opcode = 49;
  Ref logits, labels, logSumExp, dLoss, dLogits;
  i32 rows, columns;
  explicit CrossEntropyBackwardArgs(Reader& r) {
    logits = r.ref();
    labels = r.ref();
    logSumExp = r.ref();
    dLoss = r.ref();
    dLogits = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct QuantizeRowsArgs {
  static constexpr i32 opcode = 50;
  Ref x, values, scale;
  i32 rows, columns;
  explicit QuantizeRowsArgs(Reader& r) {
    x = r.ref();
    values = r.ref();
    scale = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct MatmulInt8Args {
  static constexpr i32 opcode = 51;
  Ref a, aScale, aSums, b, bScale, bias, out;
  i32 rows, inner, columns, group;
  explicit MatmulInt8Args(Reader& r) {
    a = r.ref();
    aScale = r.ref();
    aSums = r.ref();
    b = r.ref();
    bScale = r.ref();
    bias = r.ref();
    out = r.ref();
    rows = r.integer();
    inner = r.integer();
    columns = r.integer();
    group = r.integer();
  }
};

struct GroupedMatmulInt8Args {
  static constexpr i32 opcode = 52;
  Ref a, aScale, aSums, offsets, out;
  i32 rows, inner, columns, group, experts;
  RefList b, bScale;
  explicit GroupedMatmulInt8Args(Reader& r) {
    a = r.ref();
    aScale = r.ref();
    aSums = r.ref();
    offsets = r.ref();
    out = r.ref();
    rows = r.integer();
    inner = r.integer();
    columns = r.integer();
    group = r.integer();
    experts = r.integer();
    b = r.list();
    bScale = r.list();
  }
};

struct QuantizeGroupsArgs {
  static constexpr i32 opcode = 53;
  Ref x, gate, values, scale, sums;
  i32 rows, columns, group;
  explicit QuantizeGroupsArgs(Reader& r) {
    x = r.ref();
    gate = r.ref();
    values = r.ref();
    scale = r.ref();
    sums = r.ref();
    rows = r.integer();
    columns = r.integer();
    group = r.integer();
  }
};

struct PackPanelsArgs {
  static constexpr i32 opcode = 54;
  Ref x, out;
  i32 rows, columns;
  explicit PackPanelsArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct UnpackPanelsArgs {
  static constexpr i32 opcode = 55;
  Ref x, out;
  i32 rows, columns;
  explicit UnpackPanelsArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
  }
};

struct GatherPanelsArgs {
  static constexpr i32 opcode = 58;
  Ref table, tableScale, indices, out;
  i32 rows, columns, tableRows;
  explicit GatherPanelsArgs(Reader& r) {
    table = r.ref();
    tableScale = r.ref();
    indices = r.ref();
    out = r.ref();
    rows = r.integer();
    columns = r.integer();
    tableRows = r.integer();
  }
};

struct DequantizeArgs {
  static constexpr i32 opcode = 60;
  Ref blocks, out;
  i32 count, format;
  explicit DequantizeArgs(Reader& r) {
    blocks = r.ref();
    out = r.ref();
    count = r.integer();
    format = r.integer();
  }
};

struct AdamWArgs {
  static constexpr i32 opcode = 56;
  Ref parameter, gradient, first, second, rounded;
  i32 count;
  f32 rate, decay, beta1, beta2, eps, firstCorrection, secondCorrection, gradientScale;
  explicit AdamWArgs(Reader& r) {
    parameter = r.ref();
    gradient = r.ref();
    first = r.ref();
    second = r.ref();
    rounded = r.ref();
    count = r.integer();
    rate = r.real();
    decay = r.real();
    beta1 = r.real();
    beta2 = r.real();
    eps = r.real();
    firstCorrection = r.real();
    secondCorrection = r.real();
    gradientScale = r.real();
  }
};

struct MagnitudesArgs {
  static constexpr i32 opcode = 57;
  Ref x, squares, largest;
  i32 count;
  explicit MagnitudesArgs(Reader& r) {
    x = r.ref();
    squares = r.ref();
    largest = r.ref();
    count = r.integer();
  }
};

struct FindNonFiniteArgs {
  static constexpr i32 opcode = 61;
  Ref x, out;
  i32 count;
  explicit FindNonFiniteArgs(Reader& r) {
    x = r.ref();
    out = r.ref();
    count = r.integer();
  }
};

/** One line per op: X(function, arguments). */
#define JAMBALAYA_OPS(X) \
  X(matmul, MatmulArgs) \
  X(groupedMatmul, GroupedMatmulArgs) \
  X(groupedWeightGrad, GroupedWeightGradArgs) \
  X(gatherRows, GatherRowsArgs) \
  X(scatterAddRows, ScatterAddRowsArgs) \
  X(gatherColumns, GatherColumnsArgs) \
  X(scatterColumns, ScatterColumnsArgs) \
  X(rmsNorm, RmsNormArgs) \
  X(rmsNormBackward, RmsNormBackwardArgs) \
  X(layerNorm, LayerNormArgs) \
  X(layerNormBackward, LayerNormBackwardArgs) \
  X(softmax, SoftmaxArgs) \
  X(logSoftmax, LogSoftmaxArgs) \
  X(silu, SiluArgs) \
  X(siluBackward, SiluBackwardArgs) \
  X(gelu, GeluArgs) \
  X(geluBackward, GeluBackwardArgs) \
  X(softplus, SoftplusArgs) \
  X(sigmoid, SigmoidArgs) \
  X(exp, ExpArgs) \
  X(log, LogArgs) \
  X(tanh, TanhArgs) \
  X(add, AddArgs) \
  X(mul, MulArgs) \
  X(scale, ScaleArgs) \
  X(accumulate, AccumulateArgs) \
  X(fill, FillArgs) \
  X(copy, CopyArgs) \
  X(cast, CastArgs) \
  X(dropout, DropoutArgs) \
  X(sum, SumArgs) \
  X(expand, ExpandArgs) \
  X(slice, SliceArgs) \
  X(pad, PadArgs) \
  X(concat, ConcatArgs) \
  X(transpose, TransposeArgs) \
  X(conv1d, Conv1dArgs) \
  X(conv1dBackward, Conv1dBackwardArgs) \
  X(selectiveScan, SelectiveScanArgs) \
  X(selectiveScanBackward, SelectiveScanBackwardArgs) \
  X(attention, AttentionArgs) \
  X(attentionBackward, AttentionBackwardArgs) \
  X(appendKeyValue, AppendKeyValueArgs) \
  X(rotary, RotaryArgs) \
  X(topK, TopKArgs) \
  X(groupByExpert, GroupByExpertArgs) \
  X(moeCombine, MoeCombineArgs) \
  X(moeCombineBackward, MoeCombineBackwardArgs) \
  X(crossEntropy, CrossEntropyArgs) \
  X(crossEntropyBackward, CrossEntropyBackwardArgs) \
  X(quantizeRows, QuantizeRowsArgs) \
  X(matmulInt8, MatmulInt8Args) \
  X(groupedMatmulInt8, GroupedMatmulInt8Args) \
  X(quantizeGroups, QuantizeGroupsArgs) \
  X(packPanels, PackPanelsArgs) \
  X(unpackPanels, UnpackPanelsArgs) \
  X(gatherPanels, GatherPanelsArgs) \
  X(dequantize, DequantizeArgs) \
  X(adamW, AdamWArgs) \
  X(magnitudes, MagnitudesArgs) \
  X(findNonFinite, FindNonFiniteArgs)

}  // namespace jambalaya::JAMBALAYA_ISA

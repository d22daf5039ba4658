// All kernels of one instruction set, and the loop that runs commands on them. A file in `isa/` defines JAMBALAYA_ISA,
// includes the vectors of that instruction set, and then this file.
#pragma once
#include "engine/types.h"
#include "simd/math.h"
#include "blocks/loops.h"
#include "engine/context.h"
#include "ops/accumulate.h"
#include "ops/adamW.h"
#include "ops/add.h"
#include "ops/appendKeyValue.h"
#include "ops/attention.h"
#include "ops/attentionBackward.h"
#include "ops/cast.h"
#include "ops/concat.h"
#include "ops/conv1d.h"
#include "ops/copy.h"
#include "ops/crossEntropy.h"
#include "ops/dequantize.h"
#include "ops/dropout.h"
#include "ops/exp.h"
#include "ops/expand.h"
#include "ops/fill.h"
#include "ops/findNonFinite.h"
#include "ops/gatherColumns.h"
#include "ops/gatherRows.h"
#include "ops/gelu.h"
#include "ops/groupByExpert.h"
#include "ops/groupedMatmul.h"
#include "ops/layerNorm.h"
#include "ops/log.h"
#include "ops/logSoftmax.h"
#include "ops/magnitudes.h"
#include "ops/matmul.h"
#include "ops/matmulInt8.h"
#include "ops/moeCombine.h"
#include "ops/mul.h"
#include "ops/packPanels.h"
#include "ops/pad.h"
#include "ops/quantizeGroups.h"
#include "ops/quantizeRows.h"
#include "ops/rmsNorm.h"
#include "ops/rotary.h"
#include "ops/scale.h"
#include "ops/scatterAddRows.h"
#include "ops/scatterColumns.h"
#include "ops/selectiveScan.h"
#include "ops/sigmoid.h"
#include "ops/silu.h"
#include "ops/slice.h"
#include "ops/softmax.h"
#include "ops/softplus.h"
#include "ops/sum.h"
#include "ops/tanh.h"
#include "ops/topK.h"
#include "ops/transpose.h"
#include "unwritten.h"

namespace jambalaya::JAMBALAYA_ISA {

/** Where and why a submission stopped: word index of the command, its opcode, and the handle in question (or 0). */
struct Failure {
  i32 status, word, opcode, handle;
};

/** Runs commands in order until the first that fails. Every operand is checked against its buffer before use. */
inline i32 run(const i32* words, i64 count, const Buffer* buffers, i32 bufferCount, Host host, Failure& failure) {
  i64 at = 0;
  while (at < count) {
    const i32 opcode = words[at];
    const i64 length = at + 1 < count ? words[at + 1] : 0;
    Context ctx(buffers, bufferCount, host);
    Status status = Status::malformed;
    if (length >= 2 && length <= count - at) {
      Reader reader(words + at + 2, words + at + length);
      switch (opcode) {
#define JAMBALAYA_CASE(name, Args)                                      \
  case Args::opcode: {                                                  \
    const Args args(reader);                                            \
    status = reader.exhausted() ? name(args, ctx) : Status::malformed;  \
    break;                                                              \
  }
        JAMBALAYA_OPS(JAMBALAYA_CASE)
#undef JAMBALAYA_CASE
        default: status = Status::unknownOp;
      }
    }
    if (status != Status::ok) {
      failure = {static_cast<i32>(status), static_cast<i32>(at), opcode, ctx.failedHandle};
      return failure.status;
    }
    at += length;
  }
  return 0;
}

}  // namespace jambalaya::JAMBALAYA_ISA

#define JAMBALAYA_CONCAT_(a, b) a##b
#define JAMBALAYA_CONCAT(a, b) JAMBALAYA_CONCAT_(a, b)

/** The entry of this instruction set. The host's Buffer, Host and Failure have the same layout. */
extern "C" int JAMBALAYA_CONCAT(jambalaya_run_, JAMBALAYA_ISA)(const int* words, long long count, const void* buffers,
                                                               int bufferCount, const void* host, void* failure) {
  using namespace jambalaya::JAMBALAYA_ISA;
  return run(words, count, static_cast<const Buffer*>(buffers), bufferCount, *static_cast<const Host*>(host),
             *static_cast<Failure*>(failure));
}

// copy: x over the first `count` elements of `into`, of the same dtype.
#pragma once
#include "blocks/moves.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status copy(const CopyArgs& args, Context& ctx) {
  const void* x;
  void* into;
  i32 dtype;
  JAMBALAYA_TRY(resolveMove(ctx, args.x, args.count, args.into, args.count, x, into, dtype));
  copyRuns(ctx, into, 0, x, 0, 1, args.count * Context::bytesOf(dtype));
  return Status::ok;
}

}  // namespace jambalaya::JAMBALAYA_ISA

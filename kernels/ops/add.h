// add: a + b, b broadcast over rows, columns or both.
#pragma once
#include "blocks/broadcast.h"

namespace jambalaya::JAMBALAYA_ISA {

inline Status add(const AddArgs& args, Context& ctx) {
  return broadcast(args, ctx, [](F a, F b) { return a + b; });
}

}  // namespace jambalaya::JAMBALAYA_ISA

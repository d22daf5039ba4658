// AVX-512 on CPUs whose BF16 instructions are worth it (Zen 4 and later, which have VNNI too; not Intel's: native/cpu.h): the
// instruction set `avx512`, with its integer and its bf16 products in one instruction.
#define JAMBALAYA_ISA avx512bf16
#include "simd/avx512.h"
#include "kernels.h"

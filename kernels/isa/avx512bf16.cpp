// AVX-512 on CPUs that have VNNI and BF16 (Cooper Lake, Sapphire Rapids, Zen 4): the instruction set `avx512`, with its integer
// and its bf16 products in one instruction.
#define JAMBALAYA_ISA avx512bf16
#include "simd/avx512.h"
#include "kernels.h"

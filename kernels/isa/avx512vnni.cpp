// AVX-512 on CPUs that also have VNNI (Cascade Lake, Ice Lake, Zen 4): the instruction set `avx512`, with its integer products
// in one instruction.
#define JAMBALAYA_ISA avx512vnni
#include "simd/avx512.h"
#include "kernels.h"

// NEON on CPUs that also have the dot product of bytes (Armv8.2 DotProd: Cortex-A76, Neoverse N1, Apple M1): the instruction set
// `neon`, with its integer products in one instruction.
#define JAMBALAYA_ISA neondot
#include "simd/neon.h"
#include "kernels.h"

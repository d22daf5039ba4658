#define JAMBALAYA_ISA neon
#include "simd/neon.h"
#include "kernels.h"

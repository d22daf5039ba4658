#define JAMBALAYA_ISA simd128
#include "simd/simd128.h"
#include "kernels.h"

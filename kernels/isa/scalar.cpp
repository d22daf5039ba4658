#define JAMBALAYA_ISA scalar
#include "simd/scalar.h"
#include "kernels.h"

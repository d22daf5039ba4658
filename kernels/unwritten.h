// Ops whose kernels are still to be written.
#pragma once
namespace jambalaya::JAMBALAYA_ISA {
}

#pragma once
// A test of the products at the start of a program, so that a CPU or a compiler that breaks their
// specification (docs/numerics.md) is refused instead of used.

#include <optional>
#include <string>

#include "linalg/kernels.h"

namespace lockstep {

// Compares products by `tested`, of all forms and of sizes that use every part of the code, with
// the plain kernels, bit by bit; takes less than a millisecond. Returns a sentence that names the
// first product that differs.
std::optional<std::string> products_differ(const Kernels& tested);

}  // namespace lockstep

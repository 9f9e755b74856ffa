#pragma once
// Whether the functions of this machine's SLEEF give the bits that are specified: another version
// of the library, or a fault of the CPU, would change results without notice.

#include <optional>
#include <string>

#include "numerics/golden_values.h"

namespace lockstep::numerics {

// Nothing if every function gives its `golden` values, as one value and in every lane; otherwise a
// sentence about the first one that does not. Takes microseconds, and does not communicate.
std::optional<std::string> functions_differ(const GoldenValues& golden = golden_values());

}  // namespace lockstep::numerics

#pragma once
// The elementary functions by name.

#include <array>
#include <string_view>

#include "numerics/functions.h"
#include "numerics/lanes.h"

namespace lockstep::numerics {

// A function of one argument, for each type that it takes.
struct UnaryFunction {
  std::string_view name = {};
  float (*of_float)(float) = nullptr;
  double (*of_double)(double) = nullptr;
  Lanes (*of_lanes)(Lanes) = nullptr;  // null where it does not take lanes
};

struct BinaryFunction {
  std::string_view name = {};
  float (*of_float)(float, float) = nullptr;
  double (*of_double)(double, double) = nullptr;
};

inline constexpr std::array kUnaryFunctions = {
    UnaryFunction{"exp", exp, exp, exp},     UnaryFunction{"expm1", expm1, expm1, expm1},
    UnaryFunction{"log", log, log},          UnaryFunction{"log1p", log1p, log1p, log1p},
    UnaryFunction{"log10", log10, log10},    UnaryFunction{"tanh", tanh, tanh, tanh},
    UnaryFunction{"erfc", erfc, erfc, erfc}, UnaryFunction{"sin", sin, sin},
    UnaryFunction{"cos", cos, cos},
};

inline constexpr std::array kBinaryFunctions = {
    BinaryFunction{"pow", pow, pow},
    BinaryFunction{"hypot", hypot, hypot},
};

}  // namespace lockstep::numerics

// Prints src/numerics/golden_values.cc, with the values that the functions have here:
//   cmake --build build/release --target print_golden_values
//   build/release/tests/numerics/print_golden_values > src/numerics/golden_values.cc
// A change of the values changes the results of every run.

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "numerics/function_table.h"

namespace lockstep::numerics {
namespace {

constexpr double kRange[] = {-30, -3.7, -1, -0.3, -1e-3, 1e-6, 0.01, 0.7, 1.5, 6.25, 20, 88};
constexpr double kPositive[] = {1e-30,  1e-8, 0.003, 0.5,   0.9999, 1,
                                1.0001, 2,    10,    123.4, 1e9,    1e30};
constexpr double kPairs[][2] = {{0.9, 1},    {0.9, 12},     {0.999, 1000}, {0.999, 123456},
                                {0.5, 0.25}, {2, -3.3},     {10, -5},      {10, 3.7},
                                {1e-3, 1.5}, {1.0001, 5e3}, {123.4, 0.1},  {3, 4}};

bool takes_positive(std::string_view function) {
  return function == "log" || function == "log1p" || function == "log10";
}

template <typename T>
std::string literal(T value) {
  return fmt::format("{:a}{}", value, sizeof(T) == 4 ? "F" : "");
}

template <typename T>
void print_line(std::string_view function, T x, T y, T value) {
  if (!std::isnormal(value)) return;
  fmt::print("    {{\"{}\", {}, {}, {}}},\n", function, literal(x), literal(y), literal(value));
}

template <typename T>
void print_values(std::string_view type) {
  fmt::print("constexpr GoldenValue<{0}> k{1}s[] = {{\n", type,
             sizeof(T) == 4 ? "Float" : "Double");
  for (const UnaryFunction& function : kUnaryFunctions) {
    for (const double argument : takes_positive(function.name) ? kPositive : kRange) {
      const T x = static_cast<T>(argument);
      if constexpr (sizeof(T) == 4) {
        print_line<T>(function.name, x, 0, function.of_float(x));
      } else {
        print_line<T>(function.name, x, 0, function.of_double(x));
      }
    }
  }
  for (const BinaryFunction& function : kBinaryFunctions) {
    for (const auto& [a, b] : kPairs) {
      const T x = static_cast<T>(a);
      const T y = static_cast<T>(b);
      if constexpr (sizeof(T) == 4) {
        print_line<T>(function.name, x, y, function.of_float(x, y));
      } else {
        print_line<T>(function.name, x, y, function.of_double(x, y));
      }
    }
  }
  fmt::print("}};\n\n");
}

void print_file() {
  fmt::print(
      "#include \"numerics/golden_values.h\"\n\n"
      "// Printed by tests/numerics/print_golden_values.cc, which says how.\n\n"
      "namespace lockstep::numerics {{\nnamespace {{\n\n// clang-format off\n");
  print_values<float>("float");
  print_values<double>("double");
  fmt::print(
      "// clang-format on\n\n}}  // namespace\n\n"
      "GoldenValues golden_values() {{ return {{kFloats, kDoubles}}; }}\n\n"
      "}}  // namespace lockstep::numerics\n");
}

}  // namespace
}  // namespace lockstep::numerics

int main() { lockstep::numerics::print_file(); }

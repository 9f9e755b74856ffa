#include "numerics/self_test.h"

#include <bit>
#include <cstdint>
#include <type_traits>

#include <fmt/format.h>

#include "numerics/function_table.h"

namespace lockstep::numerics {
namespace {

template <typename T>
bool same_bits(T a, T b) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<Bits>(a) == std::bit_cast<Bits>(b);
}

// `arguments` as they stand in a call.
template <typename T>
std::string difference(const GoldenValue<T>& golden, const std::string& arguments,
                       std::string_view form, T found) {
  return fmt::format(
      "{}({}) of {} is {:a}, but {:a} is specified; install SLEEF 3.5.1, and if it is installed, "
      "look for a fault of the CPU",
      golden.function, arguments, form, found, golden.expected);
}

template <typename T>
std::string one_argument(const GoldenValue<T>& golden) {
  return fmt::format("{:a}", golden.x);
}

template <typename T>
std::string two_arguments(const GoldenValue<T>& golden) {
  return fmt::format("{:a}, {:a}", golden.x, golden.y);
}

std::optional<std::string> differs(const GoldenValue<float>& golden,
                                   const UnaryFunction& function) {
  const float found = function.of_float(golden.x);
  if (!same_bits(found, golden.expected))
    return difference(golden, one_argument(golden), "a float", found);
  if (function.of_lanes == nullptr) return std::nullopt;
  for (const float lane : function.of_lanes(Lanes(golden.x)).values()) {
    if (!same_bits(lane, golden.expected))
      return difference(golden, one_argument(golden), "eight floats", lane);
  }
  return std::nullopt;
}

std::optional<std::string> differs(const GoldenValue<double>& golden,
                                   const UnaryFunction& function) {
  const double found = function.of_double(golden.x);
  if (!same_bits(found, golden.expected))
    return difference(golden, one_argument(golden), "a double", found);
  return std::nullopt;
}

std::optional<std::string> differs(const GoldenValue<float>& golden,
                                   const BinaryFunction& function) {
  const float found = function.of_float(golden.x, golden.y);
  if (!same_bits(found, golden.expected))
    return difference(golden, two_arguments(golden), "floats", found);
  return std::nullopt;
}

std::optional<std::string> differs(const GoldenValue<double>& golden,
                                   const BinaryFunction& function) {
  const double found = function.of_double(golden.x, golden.y);
  if (!same_bits(found, golden.expected))
    return difference(golden, two_arguments(golden), "doubles", found);
  return std::nullopt;
}

template <typename T>
std::optional<std::string> differs(const GoldenValue<T>& golden) {
  for (const UnaryFunction& function : kUnaryFunctions) {
    if (function.name == golden.function) return differs(golden, function);
  }
  for (const BinaryFunction& function : kBinaryFunctions) {
    if (function.name == golden.function) return differs(golden, function);
  }
  return fmt::format("a golden value is of \"{}\", which is not a function", golden.function);
}

}  // namespace

std::optional<std::string> functions_differ(const GoldenValues& golden) {
  for (const GoldenValue<float>& value : golden.floats) {
    if (auto difference = differs(value)) return difference;
  }
  for (const GoldenValue<double>& value : golden.doubles) {
    if (auto difference = differs(value)) return difference;
  }
  return std::nullopt;
}

}  // namespace lockstep::numerics

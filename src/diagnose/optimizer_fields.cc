#include "diagnose/optimizer_fields.h"

#include <type_traits>
#include <variant>

#include <fmt/format.h>

namespace lockstep {
namespace {

// As fields of `optimizer` are called.
std::string name_of(const OptimizerConfig& optimizer) {
  return std::visit(
      []<typename Kind>(const Kind&) {
        if constexpr (std::is_same_v<Kind, GradientDescentConfig>) return "gradient_descent";
        if constexpr (std::is_same_v<Kind, MomentumConfig>) return "momentum";
        if constexpr (std::is_same_v<Kind, NesterovConfig>) return "nesterov";
        if constexpr (std::is_same_v<Kind, RmsPropConfig>) return "rmsprop";
        if constexpr (std::is_same_v<Kind, AdamConfig>) return "adam";
      },
      optimizer);
}

}  // namespace

std::string learning_rate_line(const OptimizerConfig& optimizer, double rate) {
  return fmt::format("optimizer.{}.learning_rate={:g}", name_of(optimizer), rate);
}

}  // namespace lockstep

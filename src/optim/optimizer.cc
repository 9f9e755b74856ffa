#include "optim/optimizer.h"

#include <cmath>
#include <limits>

namespace lockstep {

std::string_view optimizer_name(const Optimizer& optimizer) {
  return std::visit([](const auto& kind) { return std::string_view(kind.kName); }, optimizer);
}

double base_learning_rate(const Optimizer& optimizer) {
  return std::visit([](const auto& kind) { return kind.learning_rate; }, optimizer);
}

bool averages_squares(const Optimizer& optimizer) {
  return std::visit([](const auto& kind) { return kind.kSquaresGradient; }, optimizer);
}

std::vector<std::string> slot_names(const Optimizer& optimizer) {
  return std::visit(
      [](const auto& kind) {
        return std::vector<std::string>(kind.kSlotNames.begin(), kind.kSlotNames.end());
      },
      optimizer);
}

template <typename T>
T largest_gradient(const Optimizer& optimizer) {
  constexpr T kLargest = std::numeric_limits<T>::max();
  // Half of the root leaves room for the rounding of averages.
  return averages_squares(optimizer) ? std::sqrt(kLargest) / 2 : kLargest;
}

template float largest_gradient(const Optimizer&);
template double largest_gradient(const Optimizer&);

template <typename T>
void update(const Optimizer& optimizer, const OptimizerStep& step, const OptimizerPart<T>& part) {
  std::visit([&](const auto& kind) { kind.update(step, part); }, optimizer);
}

template void update(const Optimizer&, const OptimizerStep&, const OptimizerPart<float>&);
template void update(const Optimizer&, const OptimizerStep&, const OptimizerPart<double>&);

}  // namespace lockstep

#include "optim/optimizer.h"

#include <cmath>
#include <limits>

namespace lockstep {

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
  const bool squares =
      std::visit([](const auto& kind) { return kind.kSquaresGradient; }, optimizer);
  // Half of the root: averages are rounded, too.
  return squares ? std::sqrt(kLargest) / 2 : kLargest;
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

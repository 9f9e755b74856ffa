#include "optim/optimizer.h"

namespace lockstep {

std::vector<std::string> slot_names(const Optimizer& optimizer) {
  return std::visit(
      [](const auto& kind) {
        return std::vector<std::string>(kind.kSlotNames.begin(), kind.kSlotNames.end());
      },
      optimizer);
}

template <typename T>
void update(const Optimizer& optimizer, const OptimizerStep& step, const OptimizerPart<T>& part) {
  std::visit([&](const auto& kind) { kind.update(step, part); }, optimizer);
}

template void update(const Optimizer&, const OptimizerStep&, const OptimizerPart<float>&);
template void update(const Optimizer&, const OptimizerStep&, const OptimizerPart<double>&);

}  // namespace lockstep

#include "optim/nesterov.h"

#include <cstddef>

namespace lockstep {

template <typename T>
void Nesterov::update(const OptimizerStep& step, const OptimizerPart<T>& part) const {
  const T rate = static_cast<T>(step.learning_rate);
  T* __restrict w = part.weights.data();
  const T* __restrict g = part.gradient.data();
  T* __restrict v = part.slots[0].data();
  const T keep = static_cast<T>(beta);
  const T add = static_cast<T>(1.0 - beta);
  for (std::size_t i = 0; i < part.weights.size(); ++i) {
    v[i] = keep * v[i] + add * g[i];
    w[i] -= rate * (keep * v[i] + add * g[i]);
  }
}

template void Nesterov::update(const OptimizerStep&, const OptimizerPart<float>&) const;
template void Nesterov::update(const OptimizerStep&, const OptimizerPart<double>&) const;

}  // namespace lockstep

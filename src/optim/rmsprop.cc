#include "optim/rmsprop.h"

#include <cmath>
#include <cstddef>

namespace lockstep {

template <typename T>
void RmsProp::update(const OptimizerStep& step, const OptimizerPart<T>& part) const {
  const T rate = static_cast<T>(step.learning_rate);
  T* __restrict w = part.weights.data();
  const T* __restrict g = part.gradient.data();
  T* __restrict s = part.slots[0].data();
  const T keep = static_cast<T>(beta);
  const T add = static_cast<T>(1.0 - beta);
  const T small = static_cast<T>(epsilon);
  for (std::size_t i = 0; i < part.weights.size(); ++i) {
    s[i] = keep * s[i] + add * g[i] * g[i];
    w[i] -= rate * g[i] / (std::sqrt(s[i]) + small);
  }
}

template void RmsProp::update(const OptimizerStep&, const OptimizerPart<float>&) const;
template void RmsProp::update(const OptimizerStep&, const OptimizerPart<double>&) const;

}  // namespace lockstep

#include "optim/adam.h"

#include <cmath>
#include <cstddef>

#include "numerics/functions.h"

namespace lockstep {

template <typename T>
void Adam::update(const OptimizerStep& step, const OptimizerPart<T>& part) const {
  T* __restrict w = part.weights.data();
  const T* __restrict g = part.gradient.data();
  T* __restrict m = part.slots[0].data();
  T* __restrict v = part.slots[1].data();
  const auto t = static_cast<double>(step.step);
  const T keep1 = static_cast<T>(beta1);
  const T add1 = static_cast<T>(1.0 - beta1);
  const T keep2 = static_cast<T>(beta2);
  const T add2 = static_cast<T>(1.0 - beta2);
  const T rate = static_cast<T>(step.learning_rate / (1.0 - numerics::pow(beta1, t)));
  const T root_correction = static_cast<T>(1.0 / std::sqrt(1.0 - numerics::pow(beta2, t)));
  const T small = static_cast<T>(epsilon);
  for (std::size_t i = 0; i < part.weights.size(); ++i) {
    m[i] = keep1 * m[i] + add1 * g[i];
    v[i] = keep2 * v[i] + add2 * g[i] * g[i];
    w[i] -= rate * m[i] / (std::sqrt(v[i]) * root_correction + small);
  }
}

template void Adam::update(const OptimizerStep&, const OptimizerPart<float>&) const;
template void Adam::update(const OptimizerStep&, const OptimizerPart<double>&) const;

}  // namespace lockstep

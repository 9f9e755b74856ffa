#include "optim/gradient_descent.h"

#include <cstddef>

namespace lockstep {

template <typename T>
void GradientDescent::update(const OptimizerStep& step, const OptimizerPart<T>& part) const {
  const T rate = static_cast<T>(step.learning_rate);
  T* __restrict w = part.weights.data();
  const T* __restrict g = part.gradient.data();
  for (std::size_t i = 0; i < part.weights.size(); ++i) w[i] -= rate * g[i];
}

template void GradientDescent::update(const OptimizerStep&, const OptimizerPart<float>&) const;
template void GradientDescent::update(const OptimizerStep&, const OptimizerPart<double>&) const;

}  // namespace lockstep

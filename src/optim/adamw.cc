#include "optim/adamw.h"

#include "optim/adam.h"

namespace lockstep {

template <typename T>
void AdamW::update(const OptimizerStep& step, const OptimizerPart<T>& part) const {
  const T keep = static_cast<T>(1.0 - step.learning_rate * weight_decay);
  for (const Range& range : part.penalized) {
    for (T& weight : part.weights.subspan(range.begin, range.size())) weight *= keep;
  }
  Adam{learning_rate, beta1, beta2, epsilon}.update(step, part);
}

template void AdamW::update(const OptimizerStep&, const OptimizerPart<float>&) const;
template void AdamW::update(const OptimizerStep&, const OptimizerPart<double>&) const;

}  // namespace lockstep

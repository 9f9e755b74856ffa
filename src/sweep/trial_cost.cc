#include "sweep/trial_cost.h"

#include "model/build.h"
#include "nn/layers.h"

namespace lockstep {

double estimated_cost(const Job& job, std::uint64_t features) {
  const auto length = job.training.epochs ? static_cast<double>(*job.training.epochs)
                                          : static_cast<double>(job.training.steps.value_or(1));
  return multiply_adds(build_network(job.network, features)) * length;
}

}  // namespace lockstep

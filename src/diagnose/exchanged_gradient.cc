#include "diagnose/exchanged_gradient.h"

#include "base/error.h"
#include "comm/agreement.h"
#include "comm/owned_values.h"

namespace lockstep {

std::vector<double> exchanged_gradient(StepEngine<double>& engine, const Communicator& comm,
                                       std::uint64_t step) {
  constexpr std::uint64_t kNoFlags = 0;
  const bool losses_finite = engine.sum_gradients(step, kNoFlags) == kNoFlags;
  const bool gradient_finite = engine.reduce_gradient(step);
  agree(comm, [&] {
    if (losses_finite && gradient_finite) return;
    throw Error(
        ExitCode::diverged,
        "the loss or the gradient is not finite at these weights, so there is nothing to check");
  });

  const Ownership& ownership = engine.exchange().ownership();
  return collect_owned<double>(comm, ownership,
                               pick_owned(ownership, comm.rank(), engine.owned_gradient()));
}

}  // namespace lockstep

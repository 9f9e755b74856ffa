#include "diagnose/exchanged_gradient.h"

#include <span>

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

  std::vector<double> owned;
  for (const Range piece : engine.exchange().ownership().pieces(comm.rank())) {
    const auto values = engine.owned_gradient().subspan(piece.begin, piece.size());
    owned.insert(owned.end(), values.begin(), values.end());
  }
  return collect_owned<double>(comm, engine.exchange().ownership(), owned);
}

}  // namespace lockstep

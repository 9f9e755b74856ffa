#include "diagnose/flow_at_start.h"

#include <optional>
#include <vector>

#include "diagnose/flow_verdict.h"
#include "diagnose/parameter_norms.h"
#include "diagnose/signal_flow.h"
#include "model/build.h"
#include "sets/dataset.h"
#include "train/starting_weights.h"
#include "train/step_engine.h"

namespace lockstep {

FlowRecord flow_at_start(const Job& job, const Communicator& comm, const Layout& layout,
                         std::uint64_t examples) {
  Job plain = job;
  plain.data.augmentation = std::nullopt;
  const Dataset data = load_dataset(plain, comm, layout);
  const Network<float> network(build_network(plain.network, data.features));
  StepEngine<float> engine(plain, comm, layout, data, network, /*dropout=*/false);
  const StartingWeights start(plain, comm, data, network.spec());
  if (comm.is_root()) start.set(engine.weights());
  comm.broadcast(engine.weights());

  SignalFlow flow(comm, engine.pool(), network, data, layout, {plain.seed, examples});
  FlowRecord record = flow.measure(engine.weights());
  // The result is ignored: a loss or gradient that is not finite is valid here.
  engine.sum_gradients(0, 0);
  engine.reduce_gradient(0);
  const std::vector<float> gradient =
      collect_pieces(engine.exchange(), engine.owned_gradient(), comm);
  if (comm.is_root()) {
    describe_weights(network.parameter_table(), engine.weights(), gradient, record.layers);
    judge_flow(network.spec(), /*judges_updates=*/false, record);
  }
  return record;
}

}  // namespace lockstep

#include "diagnose/flow_monitor.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "diagnose/flow_verdict.h"
#include "diagnose/parameter_norms.h"
#include "diagnose/signal_flow.h"
#include "model/build.h"

namespace lockstep {
namespace {

// Updates are judged if the learning rate is at least this part of the optimizer's. During a
// warm-up and at the end of a schedule, they are small on purpose.
constexpr double kJudgedRate = 0.01;

// A frozen layer has no update, which is then not small.
void leave_out_frozen(const NetworkConfig& network, std::vector<LayerFlow>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!is_frozen(network, i)) continue;
    layers[i].update_norm.reset();
    layers[i].update_ratio.reset();
  }
}

class FlowMonitor : public StepProbe {
 public:
  FlowMonitor(const ProbedRun& run, const MonitorConfig& config)
      : run_(run),
        every_steps_(config.every_steps),
        flow_(run.comm, run.engine.pool(), run.network, run.data, run.layout,
              {run.job.seed, config.examples}) {}

  [[nodiscard]] bool looks_at(std::uint64_t step) const override {
    return step == 0 || (step + 1) % every_steps_ == 0;
  }

  void before_step(std::uint64_t step) override {
    run_.engine.clock().enter(Phase::monitor);
    record_ = flow_.measure(run_.engine.weights());
    if (run_.comm.is_root()) {
      // The verdict needs the step in case it ends the run.
      record_.step = step + 1;
      judge_flow(run_.network.spec(), /*judges_updates=*/false, record_);
      last_ = record_;
      before_.assign(run_.engine.weights().begin(), run_.engine.weights().end());
    }
    run_.engine.clock().enter(Phase::waiting);
  }

  std::optional<FlowRecord> after_step(std::uint64_t step) override {
    run_.engine.clock().enter(Phase::monitor);
    const std::vector<float> gradient =
        collect_pieces(run_.engine.exchange(), run_.engine.owned_gradient(), run_.comm);
    if (run_.comm.is_root()) {
      const ParameterTable& table = run_.network.parameter_table();
      describe_weights(table, before_, gradient, record_.layers);
      describe_update(table, before_, run_.engine.weights(), record_.layers);
      leave_out_frozen(run_.job.network, record_.layers);
      const bool judges_updates =
          run_.engine.learning_rate(step) >= kJudgedRate * base_learning_rate(run_.job.optimizer);
      judge_flow(run_.network.spec(), judges_updates, record_);
      last_ = record_;
    }
    run_.engine.clock().enter(Phase::waiting);
    return std::move(record_);
  }

  [[nodiscard]] std::optional<std::string> verdict() const override {
    if (!last_) return std::nullopt;
    return flow_verdict(*last_);
  }

 private:
  const ProbedRun run_;
  std::uint64_t every_steps_;
  SignalFlow flow_;
  std::vector<float> before_;  // the weights before the step, on rank 0
  FlowRecord record_;          // record of the current step
  std::optional<FlowRecord> last_;
};

}  // namespace

std::unique_ptr<StepProbe> make_flow_monitor(const ProbedRun& run) {
  check(run.job.monitor.has_value(), "a job without a monitor makes none");
  return std::make_unique<FlowMonitor>(run, run.job.monitor.value_or(MonitorConfig{}));
}

}  // namespace lockstep

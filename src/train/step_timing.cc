#include "train/step_timing.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/median.h"
#include "comm/communicator.h"
#include "model/build.h"
#include "nn/initializer.h"
#include "train/step_engine.h"

namespace lockstep {

Job with_shards(Job job, std::uint32_t shards) {
  if (job.training.batch_size) {
    job.training.batch_size = *job.training.batch_size / job.training.shards * shards;
  }
  job.training.shards = shards;
  return job;
}

StepSeconds measure_steps(const Job& job, const Dataset& data, int threads, double seconds) {
  const Communicator alone = Communicator::self();
  const Network<float> network(build_network(job.network, data.features));
  StepEngine<float> engine(job, alone, {1, threads}, data, network, /*dropout=*/true);
  initialize_parameters(network.spec(), job.seed, engine.weights());

  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  engine.train_step(0, {});
  std::vector<double> steps;
  std::vector<double> updates;
  const Clock::time_point start = Clock::now();
  for (std::uint64_t step = 1; steps.size() < 3 || since(start) < seconds; ++step) {
    const PhaseClock before = engine.clock();
    const Clock::time_point step_start = Clock::now();
    engine.train_step(step, {});
    steps.push_back(since(step_start));
    const auto spent = [&](Phase phase) {
      return engine.clock().seconds(phase) - before.seconds(phase);
    };
    updates.push_back(spent(Phase::exchange) + spent(Phase::optimizer));
  }
  const double update = median(std::move(updates));
  const double rows = static_cast<double>(batch_rows(data.geometry, 0)) / threads;
  return {.row = std::max(0.0, median(std::move(steps)) - update) / rows, .update = update};
}

StepSeconds seconds_from(double few_rows, double few_seconds, double many_rows, double many_seconds,
                         double update) {
  const double row = std::clamp((many_seconds - few_seconds) / (many_rows - few_rows), 0.0,
                                many_seconds / many_rows);
  return {.fixed = many_seconds - row * many_rows, .row = row, .update = update};
}

StepSeconds measure_job(const Job& job, int threads, double seconds) {
  constexpr std::uint32_t kMostShards = 8;
  const auto measure = [&](std::uint32_t shards) {
    const Job part = with_shards(job, shards);
    const Dataset data = load_dataset(part, Communicator::self(), {1, threads});
    const double rows = static_cast<double>(batch_rows(data.geometry, 0)) / threads;
    return std::pair(measure_steps(part, data, threads, seconds / 2), rows);
  };
  const auto fewest = std::min(static_cast<std::uint32_t>(threads), job.training.shards);
  const std::uint32_t most = std::min(kMostShards * fewest, job.training.shards);
  const auto [few, few_rows] = measure(fewest);
  if (most == fewest) return few;
  const auto [many, many_rows] = measure(most);
  if (many_rows == few_rows) return many;  // more shards than examples
  return seconds_from(few_rows, few.row * few_rows, many_rows, many.row * many_rows, many.update);
}

}  // namespace lockstep

#include "train/start_record.h"

namespace lockstep {

RunStart start_record(const Job& job, const Layout& layout, const Dataset& data,
                      const StepCounts& counts, std::uint64_t parameters,
                      std::uint64_t first_step) {
  RunStart start;
  start.job_name = job.name;
  start.ranks = layout.ranks;
  start.threads = layout.threads;
  start.shards = static_cast<int>(job.training.shards);
  start.parameters = parameters;
  start.train_examples = data.geometry.train_examples;
  start.train_dev_examples = data.train_dev.total;
  start.dev_examples = data.dev.total;
  start.test_examples = data.test.total;
  start.dev_and_test_differ =
      job.data.dev_and_test_from == DevAndTestFrom::different_distributions && data.dev.total > 0 &&
      data.test.total > 0;
  start.train_fingerprint = data.train_fingerprint;
  start.dev_fingerprint = data.dev.fingerprint;
  start.steps_per_epoch = counts.per_epoch;
  start.total_steps = counts.total;
  start.first_step = first_step;
  start.monitor_every_steps = job.monitor ? job.monitor->every_steps : 0;
  return start;
}

}  // namespace lockstep

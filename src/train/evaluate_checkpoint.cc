#include "train/evaluate_checkpoint.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/worker_pool.h"
#include "checkpoint/load.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "nn/regularizer.h"
#include "train/build.h"
#include "train/dataset.h"
#include "train/evaluator.h"

namespace lockstep {
namespace {

void check_data(const Checkpoint& checkpoint, const Dataset& data, EvaluationSplit split) {
  const auto [then, now] = [&] {
    switch (split) {
      case EvaluationSplit::dev:
        return std::pair(checkpoint.dev_fingerprint, data.dev.fingerprint);
      case EvaluationSplit::test:
        return std::pair(checkpoint.test_fingerprint, data.test.fingerprint);
      default:
        return std::pair(checkpoint.train_fingerprint, data.train_fingerprint);
    }
  }();
  if (now.empty()) throw Error(ExitCode::usage, "the checkpoint's job has no such set of examples");
  if (then == now) return;
  throw Error(ExitCode::data,
              fmt::format("the data has changed since the checkpoint: fingerprint {}, was {}; "
                          "--allow-changed-data goes on all the same",
                          now, then));
}

}  // namespace

CheckpointScores evaluate_checkpoint(const std::filesystem::path& path, EvaluationSplit split,
                                     const Communicator& comm, const Layout& layout,
                                     bool allow_changed_data) {
  Checkpoint checkpoint;
  agree(comm, [&] {
    if (comm.is_root()) checkpoint = load_checkpoint(path);
  });
  comm.broadcast(checkpoint.resolved_job);
  comm.broadcast(checkpoint.weights);
  comm.broadcast(checkpoint.mean);
  comm.broadcast(checkpoint.inverse_deviation);
  Job job;
  agree(comm,
        [&] { job = parse_job(checkpoint.resolved_job, "job of the checkpoint", ".", {}).job; });

  const Dataset data = load_dataset(job, comm, layout);
  const Network<float> network(build_network(job.network, data.features));
  agree(comm, [&] {
    if (checkpoint.weights.size() != network.layout().size) {
      throw Error(ExitCode::data,
                  fmt::format("{} has {} parameters, its job's network {}", path.string(),
                              checkpoint.weights.size(), network.layout().size));
    }
    if (comm.is_root() && !allow_changed_data) check_data(checkpoint, data, split);
  });

  WorkerPool pool(layout.threads);
  const Normalizer normalizer{checkpoint.mean, checkpoint.inverse_deviation};
  Evaluator evaluator(comm, pool, network, normalizer, data.label_width);
  CheckpointScores scores;
  scores.step = checkpoint.step;
  scores.weights_digest = checkpoint.weights_digest;
  LossSums sums;
  if (split == EvaluationSplit::train) {
    scores.examples = data.geometry.train_examples;
    sums = evaluator.evaluate(checkpoint.weights, data.train,
                              training_blocks(data, layout, comm.rank(), 0));
    scores.cost = l2_penalty<float>(build_regularizer(job.regularization), network.layout(),
                                    checkpoint.weights, data.geometry.train_examples);
  } else {
    const HeldOutSet& set = split == EvaluationSplit::dev ? data.dev : data.test;
    scores.examples = set.total;
    sums = evaluator.evaluate(checkpoint.weights, set.examples, set.blocks);
  }
  const auto examples = static_cast<double>(scores.examples);
  scores.cost = sums.loss / examples + scores.cost;
  if (has_error_rate(network.spec().loss)) scores.error = sums.errors / examples;
  return scores;
}

}  // namespace lockstep

#include "train/evaluate_checkpoint.h"

#include <fmt/format.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "nn/layers.h"
#include "nn/regularizer.h"
#include "train/build.h"
#include "train/contradictions.h"
#include "train/dataset.h"
#include "train/saved_model.h"

namespace lockstep {
namespace {

// Names of the sets, as in the messages on a resume.
const char* name_of(EvaluationSplit split) {
  switch (split) {
    case EvaluationSplit::dev:
      return "dev";
    case EvaluationSplit::test:
      return "test";
    default:
      return "training";
  }
}

std::uint64_t examples_of(const Dataset& data, EvaluationSplit split) {
  switch (split) {
    case EvaluationSplit::train_dev:
      return data.train_dev.total;
    case EvaluationSplit::dev:
      return data.dev.total;
    case EvaluationSplit::test:
      return data.test.total;
    default:
      return data.geometry.train_examples;
  }
}

void check_data(const SavedModel& model, const Dataset& data, EvaluationSplit split) {
  const auto [then, now] = [&] {
    switch (split) {
      case EvaluationSplit::train_dev:
        // The set comes from the training source, whose fingerprint the checkpoint has.
        return std::pair(model.train_fingerprint, data.train_dev.fingerprint);
      case EvaluationSplit::dev:
        return std::pair(model.dev_fingerprint, data.dev.fingerprint);
      case EvaluationSplit::test:
        return std::pair(model.test_fingerprint, data.test.fingerprint);
      default:
        return std::pair(model.train_fingerprint, data.train_fingerprint);
    }
  }();
  if (now.empty()) {
    std::string sets = "train";
    if (data.train_dev.total > 0) sets += ", train_dev";
    if (data.dev.total > 0) sets += ", dev";
    if (data.test.total > 0) sets += ", test";
    throw Error(ExitCode::usage,
                fmt::format("the job {} has no such set of examples; give --split one of {}",
                            model.job.name, sets));
  }
  if (then == now) return;
  throw Error(ExitCode::data,
              fmt::format("the {} data has changed since the checkpoint: fingerprint {}, was {}; "
                          "--allow-changed-data continues anyway",
                          name_of(split), now, then));
}

}  // namespace

CheckpointScores evaluate_checkpoint(const std::filesystem::path& path, EvaluationSplit split,
                                     const Communicator& comm, const Layout& layout,
                                     bool allow_changed_data) {
  const SavedModel model = load_model(path, comm);
  const Dataset data = load_dataset(model.job, comm, layout, model.table ? &*model.table : nullptr,
                                    DataUse::evaluate);
  const Network<float>& network = model.network;
  agree(comm, [&] {
    if (data.features != size_of(network.spec().input)) {
      throw Error(ExitCode::data,
                  fmt::format("the data has {} features per example, but the model has {}",
                              data.features, size_of(network.spec().input)));
    }
    if (comm.is_root() && !allow_changed_data) check_data(model, data, split);
  });

  const auto score = [&](const Examples& examples, const EvaluationBlocks& blocks,
                         std::span<const float> row_weights = {}) {
    return score_examples(model,
                          {.examples = examples,
                           .blocks = blocks,
                           .total = examples_of(data, split),
                           .label_width = data.label_width,
                           .class_counts = data.class_counts,
                           .row_weights = row_weights},
                          comm, layout);
  };
  if (split != EvaluationSplit::train) {
    const HeldOutSet& set = split == EvaluationSplit::train_dev ? data.train_dev
                            : split == EvaluationSplit::dev     ? data.dev
                                                                : data.test;
    return score(set.examples, set.blocks);
  }
  CheckpointScores scores =
      score(data.train,
            training_blocks(data.geometry, data.own_shards, layout.threads, data.shard_rows, 0),
            data.row_weights);
  const Regularizer regularizer(build_regularization(model.job), network.layout(),
                                data.geometry.train_examples);
  if (has_error_rate(network.spec().loss)) {
    scores.error_floor = error_floor(data.train, scores.examples, comm);
  }
  scores.penalty = regularizer.penalty<float>(model.weights).sum();
  scores.cost += scores.penalty;
  return scores;
}

}  // namespace lockstep

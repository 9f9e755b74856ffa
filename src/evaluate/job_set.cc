#include "evaluate/job_set.h"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "nn/spec.h"
#include "sets/dataset.h"
#include "sets/same_data.h"

namespace lockstep {
namespace {

// Null for the training set.
HeldOutSet* held_out(Dataset& data, EvaluationSplit split) {
  switch (split) {
    case EvaluationSplit::train_dev:
      return &data.train_dev;
    case EvaluationSplit::dev:
      return &data.dev;
    case EvaluationSplit::test:
      return &data.test;
    default:
      return nullptr;
  }
}

const std::string& fingerprint_then(const SavedModel& model, EvaluationSplit split) {
  switch (split) {
    case EvaluationSplit::dev:
      return model.dev_fingerprint;
    case EvaluationSplit::test:
      return model.test_fingerprint;
    default:
      // The train-dev set comes from the training source.
      return model.train_fingerprint;
  }
}

void require_set(const SavedModel& model, Dataset& data, const HeldOutSet* set) {
  if (set == nullptr || set->total > 0) return;
  std::vector<std::string_view> sets;
  for (const auto& [split, name] : enum_names(EvaluationSplit{})) {
    const HeldOutSet* const other = held_out(data, split);
    if (other == nullptr || other->total > 0) sets.push_back(name);
  }
  throw Error(ExitCode::usage,
              fmt::format("the job {} has no such set of examples; give --split one of {}",
                          model.job.name, fmt::join(sets, ", ")));
}

}  // namespace

const DataSource& source_of(const Job& job, EvaluationSplit split) {
  const bool from_train = split == EvaluationSplit::train || split == EvaluationSplit::train_dev;
  if (from_train) return job.data.train;
  const auto& own = split == EvaluationSplit::dev ? job.data.dev : job.data.test;
  if (own) return *own;
  return job.data.held_out ? *job.data.held_out : job.data.train;
}

JobSet load_job_set(const SavedModel& model, EvaluationSplit split, const Communicator& comm,
                    const Layout& layout, bool allow_changed_data) {
  Dataset data = load_dataset(model.job, comm, layout, model.table ? &*model.table : nullptr,
                              DataUse::evaluate);
  HeldOutSet* const set = held_out(data, split);
  agree(comm, [&] {
    const std::uint64_t features = size_of(model.network.spec().input);
    if (data.features != features) {
      throw Error(ExitCode::data,
                  fmt::format("the data has {} features per example, but the model has {}",
                              data.features, features));
    }
    require_set(model, data, set);
    if (!comm.is_root() || allow_changed_data) return;
    const bool from_train = split == EvaluationSplit::train || split == EvaluationSplit::train_dev;
    require_same_data(from_train ? "training" : enum_name(split), fingerprint_then(model, split),
                      set != nullptr ? set->fingerprint : data.train_fingerprint);
  });
  if (set != nullptr) {
    return {.total = set->total,
            .examples = std::move(set->examples),
            .blocks = std::move(set->blocks),
            .label_width = data.label_width,
            .class_counts = std::move(data.class_counts),
            .target_deviations = std::move(data.target_deviations),
            .row_weights = {}};
  }
  EvaluationBlocks blocks =
      training_blocks(data.geometry, data.own_shards, layout.threads, data.shard_rows, 0);
  return {.total = data.geometry.train_examples,
          .examples = std::move(data.train),
          .blocks = std::move(blocks),
          .label_width = data.label_width,
          .class_counts = std::move(data.class_counts),
          .target_deviations = std::move(data.target_deviations),
          .row_weights = std::move(data.row_weights)};
}

}  // namespace lockstep

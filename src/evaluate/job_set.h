#pragma once
// A set of a model's own job, spread over the ranks.

#include <array>
#include <cstdint>
#include <vector>

#include "base/enum_names.h"
#include "comm/communicator.h"
#include "comm/layout.h"
#include "data/examples.h"
#include "model/saved_model.h"
#include "sets/evaluation_blocks.h"

namespace lockstep {

enum class EvaluationSplit { train, train_dev, dev, test };

constexpr auto enum_names(EvaluationSplit) {
  using enum EvaluationSplit;
  return std::to_array<EnumName<EvaluationSplit>>(
      {{train, "train"}, {train_dev, "train_dev"}, {dev, "dev"}, {test, "test"}});
}

// The source from which the examples of a set come.
const DataSource& source_of(const Job& job, EvaluationSplit split);

// A rank's share of a set. Missing values are filled in.
struct JobSet {
  std::uint64_t total = 0;  // examples of all ranks
  Examples examples;        // of this rank
  EvaluationBlocks blocks;  // rows of `examples`
  std::uint64_t label_width = 0;
  std::vector<std::uint64_t> class_counts;  // of the training examples; empty: no classes
  std::vector<double> target_deviations;    // over the training set; empty: classes
  std::vector<float> row_weights;           // of the training set, by row; empty: each counts 1
};

// Collective. Reads the data as training did. Throws AgreedError when there is no such set, when it
// does not fit the model, or when its data has changed (unless allowed).
JobSet load_job_set(const SavedModel& model, EvaluationSplit split, const Communicator& comm,
                    const Layout& layout, bool allow_changed_data);

}  // namespace lockstep

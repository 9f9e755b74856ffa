#pragma once
// Which columns a trained model depends on: permutation importance.
//
// L. Breiman, "Random forests", Machine Learning 45 (2001); A. Fisher, C. Rudin, F. Dominici, "All
// models are wrong, but many are useful", J. Machine Learning Research 20 (2019).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/binomial.h"
#include "base/range.h"
#include "comm/communicator.h"
#include "comm/layout.h"
#include "data/table.h"
#include "evaluate/job_set.h"
#include "records/metric.h"

namespace lockstep {

// A column of a table, or a feature of examples that are not from a table.
struct InputColumn {
  std::string name;
  Range features;  // those of a category's values belong together
};

// The inputs in the order of their features. `schema` is null if the examples are not from a table.
std::vector<InputColumn> input_columns(const TableSchema* schema, std::uint64_t features);

// How much worse the metric became when the values of a column were permuted.
struct ColumnImportance {
  std::string name;
  std::vector<double> of_repeats;  // in the unit of the metric; below 0: it became better
  double mean = 0;                 // over the repeats
  Interval interval = {};          // 95%, of that mean
  std::uint64_t worse = 0;         // repeats that made the metric worse
};

// Summarizes at least two repeats. Pure.
ColumnImportance importance_of(std::string name, std::vector<double> of_repeats);

struct Importance {
  std::uint64_t step = 0;
  std::string weights_digest;
  EvaluationSplit split = EvaluationSplit::dev;
  std::uint64_t examples = 0;
  std::uint64_t repeats = 0;
  Metric metric = Metric::dev_error;      // of the set, whichever it is
  double original = 0;                    // the metric of the set as it is
  std::vector<ColumnImportance> columns;  // the most important one first; equal ones as inputs are
};

struct ImportanceOptions {
  EvaluationSplit split = EvaluationSplit::dev;
  std::uint64_t repeats = 10;         // at least two
  std::optional<Metric> metric = {};  // absent: the error of classes, the RMSE of values
  bool allow_changed_data = false;
  std::vector<std::string> columns = {};  // those that are permuted; empty: all
  // Called on rank 0 when `done` of `all` columns have been permuted.
  std::function<void(std::size_t done, std::size_t all)> progress = [](std::size_t, std::size_t) {};
};

// Collective. Measures the metric of a set of the model's own job, with missing values filled in,
// then again after each of `repeats` keyed permutations of each column over the examples. The
// result, on rank 0, is the same at every layout. Each rank holds its share of the set; rank 0 also
// holds one column and, for a metric other than error and cost, the predictions of all examples.
// A column's numbers do not depend on which others are permuted. Throws AgreedError(usage) for
// images, for a column that the model does not have, for a metric that does not suit the model, or
// for a set that does not exist or is too small or too large, and AgreedError(data) if the metric
// does not exist for the set, or its data has changed (unless allowed).
Importance measure_importance(const std::filesystem::path& checkpoint,
                              const ImportanceOptions& options, const Communicator& comm,
                              const Layout& layout);

}  // namespace lockstep

#pragma once
// The complete state of a run after a step: enough to continue with the same
// bits at any layout, or to evaluate the model. A plain value.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/session.h"

namespace lockstep {

// The newest checkpoint format this build reads, and the one it writes.
inline constexpr std::uint32_t kCheckpointFormatVersion = 2;

// A named part of the flat parameter vector, row-major.
struct TensorInfo {
  std::string name;
  std::vector<std::uint64_t> shape;  // empty: a scalar
  std::uint64_t offset = 0;          // position of its first element in the parameter vector
  friend bool operator==(const TensorInfo&, const TensorInfo&) = default;
};

// A column of the tables that the model takes, and its features.
struct SavedColumn {
  std::string name;  // empty: the file had no header
  // "number", "category", "label", "class_name", "group", "ignored", "kept", "id", "ordinal",
  // "weight"
  std::string role;
  // In the order of their features, without the rare ones; or the texts of an ordinal column.
  std::vector<std::string> categories;
  bool has_rare = false;           // the rare categories share a feature
  bool missing_indicator = false;  // the last feature says what is missing
  friend bool operator==(const SavedColumn&, const SavedColumn&) = default;
};

struct SavedTable {
  std::vector<SavedColumn> columns;
  std::vector<std::string> class_names;  // by number; empty: classes have no names
  std::vector<float> fill_values;        // for missing values, one for each feature; or empty
  friend bool operator==(const SavedTable&, const SavedTable&) = default;
};

struct SavedImage {
  std::uint32_t channels = 1;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  friend bool operator==(const SavedImage&, const SavedImage&) = default;
};

// Returns of a run to an earlier state, after it diverged.
struct Rollbacks {
  std::optional<std::uint64_t> target;  // step of the state to return to; 0: the initial weights
  std::uint32_t count = 0;              // returns so far
  double rate_factor = 1;               // of the learning rate, from all of them
  friend bool operator==(const Rollbacks&, const Rollbacks&) = default;
};

struct Checkpoint {
  std::uint32_t format_version =
      kCheckpointFormatVersion;  // version of the file it was loaded from
  std::string lockstep_version;  // the build that wrote it
  std::string resolved_job;      // text format, every default filled in; has seed and shards
  std::uint64_t step = 0;        // steps done

  std::vector<TensorInfo> tensors;
  std::vector<float> weights;                       // every parameter, flat
  std::vector<std::string> optimizer_slot_names;    // e.g. "m", "v"
  std::vector<std::vector<float>> optimizer_slots;  // by name, each as long as weights

  std::vector<float> mean;               // empty, one for all, or one per feature
  std::vector<float> inverse_deviation;  // of the same size as `mean`
  std::vector<double> target_mean;       // one for each target; empty: targets are as given
  std::vector<double> target_deviation;  // of the same size, above 0
  std::optional<float> threshold;        // for the second of two classes; absent: the more probable

  std::optional<SavedTable> table;           // present if the data are tables
  std::optional<std::uint64_t> label_width;  // values per label; files of older builds lack it
  // Extents of an example's values.
  std::vector<std::uint64_t> input_shape;
  std::optional<SavedImage> image;  // present if the examples are images
  // Training examples of each class; empty if labels are not classes, and in files of older builds.
  std::vector<std::uint64_t> class_counts;

  std::optional<double> best_metric;  // absent before the first evaluation
  std::uint64_t best_step = 0;
  std::uint32_t evaluations_without_improvement = 0;

  std::vector<double> shard_loss_sums;  // training loss since the last evaluation, by shard
  std::uint64_t batch_rows = 0;         // rows of all shards in those sums

  std::vector<RunSession> sessions;  // in order, up to `step`

  // Numbers of evaluations and of records of the monitor so far; files of older builds lack them.
  std::optional<std::uint64_t> evaluations;
  std::optional<std::uint64_t> flow_records;
  std::uint64_t skipped_steps = 0;     // steps so far that changed nothing
  std::optional<Rollbacks> rollbacks;  // absent: none, and the run cannot roll back

  std::string starting_digest;  // of the weights of another run with which it started; or empty

  std::string train_fingerprint;  // digests in hexadecimal; empty: no such set
  std::string dev_fingerprint;
  std::string test_fingerprint;

  std::map<std::string, std::string> environment;  // see train/environment.h
  std::string weights_digest;  // set by load_checkpoint(); save_checkpoint() computes its own
};

}  // namespace lockstep

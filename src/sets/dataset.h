#pragma once
// Holds the examples of a run where they are needed: a rank has the training examples of its own
// shards, and its share of the train-dev, dev and test sets, which rank 0 reads and hands out.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "comm/shard_assignment.h"
#include "config/job.h"
#include "data/augmentation.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/shards.h"
#include "data/target_scale.h"
#include "model/table_state.h"
#include "sets/held_out_set.h"

namespace lockstep {

struct Dataset {
  BatchGeometry geometry;
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;

  ShardAssignment shards;                              // of all ranks
  Range own_shards;                                    // of this rank
  Examples train;                                      // examples of own shards
  std::vector<std::vector<std::uint32_t>> shard_rows;  // rows of `train`, for each own shard
  std::string train_fingerprint;
  std::vector<std::uint64_t> class_counts;       // of all training examples; empty: no classes
  Normalizer normalizer;                         // for every set
  TargetScale targets;                           // for every set
  std::vector<double> target_deviations;         // over the training set; empty: classes
  std::vector<float> row_weights;                // of `train`, by row; empty: each counts 1
  std::optional<ImageShape> image;               // if it is known
  std::optional<AugmentationSpec> augmentation;  // for training only
  std::optional<TableState> table;               // for examples from tables

  HeldOutSet train_dev;  // taken from the training source
  HeldOutSet dev;
  HeldOutSet test;

  // On rank 0: what a person should know about the data, one line each.
  std::vector<std::string> cautions;
};

// What the data is for. Data to train on is examined, with cautions and refusals: see
// sets/checked_copies.h and sets/class_counts.h.
enum class DataUse { train, evaluate };

// Collective. Reads, checks, splits, distributes, fills in missing values and normalizes as the
// job asks. Throws on all ranks when a rank fails or sees other training data than rank 0. `saved`
// is the table of a model that is not to be trained; its columns, categories, classes and means
// are then used instead of those of the files.
Dataset load_dataset(const Job& job, const Communicator& comm, const Layout& layout,
                     const TableState* saved = nullptr, DataUse use = DataUse::train);

BatchGeometry batch_geometry(const TrainingConfig& config, std::uint64_t train_examples);

// Number of steps of the whole run.
std::uint64_t total_steps(const TrainingConfig& config, const BatchGeometry& geometry);

}  // namespace lockstep

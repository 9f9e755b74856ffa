#pragma once
// The examples of a run, each where it is needed: a rank holds its own shards'
// training examples, and its share of the train-dev, dev and test sets, which
// rank 0 reads and hands out.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/augmentation.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/shards.h"
#include "train/held_out_set.h"
#include "train/layout.h"
#include "train/table_state.h"

namespace lockstep {

struct Dataset {
  BatchGeometry geometry;
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;

  Range own_shards;
  Examples train;                                      // of own shards
  std::vector<std::vector<std::uint32_t>> shard_rows;  // rows of `train`, for each own shard
  std::string train_fingerprint;
  Normalizer normalizer;                         // for every set
  std::optional<ImageShape> image;               // where it is known
  std::optional<AugmentationSpec> augmentation;  // for training alone
  std::optional<TableState> table;               // of examples out of tables

  HeldOutSet train_dev;  // of the training source
  HeldOutSet dev;
  HeldOutSet test;

  // On rank 0: what a person should know of the data, a line each.
  std::vector<std::string> cautions;
};

// Collective. Reads, checks, splits, deals, fills in what is missing and normalises
// as the job says. Throws on all ranks when a rank fails or sees other training data
// than rank 0 does. `saved`: of a model that is not to be trained, whose columns,
// categories, classes and means are then taken instead of those of the files.
Dataset load_dataset(const Job& job, const Communicator& comm, const Layout& layout,
                     const TableState* saved = nullptr);

BatchGeometry batch_geometry(const TrainingConfig& config, std::uint64_t train_examples);

// Steps of the whole run.
std::uint64_t total_steps(const TrainingConfig& config, const BatchGeometry& geometry);

}  // namespace lockstep

#pragma once
// The examples of a run, each where it is needed: a rank holds its own shards'
// training examples, and its share of the train-dev, dev and test sets, which
// rank 0 reads and hands out.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/augmentation.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/shards.h"
#include "data/table.h"
#include "train/layout.h"
#include "train/table_state.h"

namespace lockstep {

// Rows of a set that are evaluated by one worker, cut into blocks whose size
// is part of the result's bits and independent of the layout. blocks[thread]
// is a list of blocks, each a list of rows of `examples`; through all workers
// in order they are the set's blocks in order.
using EvaluationBlocks = std::vector<std::vector<std::vector<std::uint32_t>>>;

constexpr std::uint64_t kEvaluationRows = 256;

// This rank's share of the train-dev, dev or test set.
struct HeldOutSet {
  std::uint64_t total = 0;  // examples of the whole set; 0: no such set
  Examples examples;
  EvaluationBlocks blocks;
  std::string fingerprint;  // of the source's content; empty: no such set
};

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
};

// Collective. Reads, checks, splits, deals, fills in what is missing and normalises
// as the job says. Throws on all ranks when a rank fails or sees other training data
// than rank 0 does. `saved`: of a model that is not to be trained, whose columns,
// categories, classes and means are then taken instead of those of the files.
Dataset load_dataset(const Job& job, const Communicator& comm, const Layout& layout,
                     const TableState* saved = nullptr);

// Blocks of training rows for evaluation: the first `examples` of the shards
// (0: all), an equal part of each.
EvaluationBlocks training_blocks(const Dataset& dataset, const Layout& layout, int rank,
                                 std::uint64_t examples);

// Examples in those blocks over all ranks.
std::uint64_t training_block_examples(const BatchGeometry& geometry, std::uint64_t examples);

// How many examples each set of a job has; opens the sources' files and reads
// their headers only (of tables all but the values), and groups where the split goes
// by them. Does not communicate.
struct DatasetSizes {
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;
  std::uint64_t bytes_per_example = 0;  // in memory, label and number included
  std::uint64_t train = 0;
  std::uint64_t dev = 0;
  std::uint64_t test = 0;
  std::optional<ImageShape> image = std::nullopt;  // where it is known
  std::uint64_t train_dev = 0;
  std::uint64_t unused = 0;  // of data.held_out, neither in dev nor in test
  // The best possible error (1.2) on what dev comes from (without a dev set:
  // train), where the source knows it.
  std::optional<double> bayes_error = std::nullopt;
  std::shared_ptr<const FittedTable> table = nullptr;
};
DatasetSizes dataset_sizes(const Job& job);

BatchGeometry batch_geometry(const TrainingConfig& config, std::uint64_t train_examples);

// Steps of the whole run.
std::uint64_t total_steps(const TrainingConfig& config, const BatchGeometry& geometry);

}  // namespace lockstep

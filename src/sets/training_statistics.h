#pragma once
// Statistics of the training set alone that are then used for every set: values that replace
// missing ones, and normalization of inputs (lecture 1.9) and targets. Every sum is taken over
// all shards in their order, so it has the same bits at every layout.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/table.h"

namespace lockstep {

// A rank's part of the training set: rows of `examples`, for each of its shards.
struct OwnShards {
  const Examples& examples;
  std::span<const std::vector<std::uint32_t>> rows;
};

// Collective. Sums over all shards, in shard order, of the `width` numbers that `of_shard` returns
// for the rows of each; the same bits on every rank and at every layout.
std::vector<double> sum_over_shards(
    const Communicator& comm, const OwnShards& own, std::uint64_t width,
    const std::function<std::vector<double>(std::span<const std::uint32_t> rows)>& of_shard);

// Collective. The value that replaces missing ones for each feature, as the column's when_missing
// says: the mean, median or most frequent of the present values; of a category, the share of each
// feature, or 1 for the feature of the most frequent one. 0 where no value may be missing; empty
// when that is so for all features. Medians and most frequent values gather the values of one
// column at a time on rank 0. Throws AgreedError(data) when a column that is filled is missing in
// every example.
std::vector<float> training_fill_values(const Communicator& comm, const TableSchema& schema,
                                        const OwnShards& own);

// Collective. The normalizer of the examples without augmentation; of quartiles, rank 0 gathers one
// feature at a time. `train_examples`: the number on all ranks. Statistics per channel need the
// shape of the images. Throws AgreedError(data) when a deviation is too large to divide by in
// float.
Normalizer training_normalizer(const NormalizationRule& config, const Communicator& comm,
                               const OwnShards& own, std::uint64_t train_examples,
                               const std::optional<ImageShape>& image);

// The mean and variance of each target over the training set; empty when labels are classes.
struct TargetStatistics {
  std::vector<double> mean;      // [targets]
  std::vector<double> variance;  // [targets]
};

// Collective. `train_examples`: the number on all ranks.
TargetStatistics training_targets(const OutputConfig& output, const Communicator& comm,
                                  const OwnShards& own, std::uint64_t train_examples);

// A caution about targets that are constant over the training set, or whose spread is small
// compared with their size, as caution_of_coarse_features() has it. Throws Error(data) when floats
// of that size are so far apart that next to nothing of the differences is left. `names`: by
// target, or empty. Pure.
std::vector<std::string> cautions_of_targets(const TargetStatistics& targets,
                                             std::span<const std::string> names);

// A caution that names the first of the features that are constant over the training set and so
// become 0 (standardizer()). `names`: by feature, or empty. Pure.
std::optional<std::string> caution_of_constant_features(const Normalizer& normalizer,
                                                        std::span<const std::string> names);

// A caution that names the first of the features whose spread is small compared with their size,
// such as times in seconds. Floats of that size are so far apart that fewer than some hundred fit
// into a standard deviation, and differences are lost before the mean is subtracted. `names`: by
// feature, or empty. Pure.
std::optional<std::string> caution_of_coarse_features(const Normalizer& normalizer,
                                                      std::span<const std::string> names);

}  // namespace lockstep

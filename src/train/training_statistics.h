#pragma once
// What is computed of the training set alone and then used for every set: means
// that replace missing values, and normalisation (lecture 1.9). Every sum is taken
// over all shards in their order, so it has the same bits at every layout.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/augmentation.h"
#include "data/examples.h"
#include "data/normalization.h"
#include "data/table.h"

namespace lockstep {

// A rank's part of the training set: rows of `examples`, for each of its shards.
struct OwnShards {
  const Examples& examples;
  std::span<const std::vector<std::uint32_t>> rows;
};

// Collective. For each feature the mean of what is present, which replaces what is
// missing; empty when none may be missing. Throws AgreedError(data) when a feature
// is missing everywhere.
std::vector<float> training_means(const Communicator& comm, const FittedTable& table,
                                  const OwnShards& own);

// Collective. `train_examples`: of all ranks. Of the examples as they are, without
// augmentation; statistics per channel need the shape of the images. Throws
// AgreedError(data) when a deviation is so large that dividing by it is beyond float.
Normalizer training_normalizer(const NormalizationRule& config, const Communicator& comm,
                               const OwnShards& own, std::uint64_t train_examples,
                               const std::optional<ImageShape>& image);

// Features that are constant over the training set, which become 0 (standardizer()):
// a caution that names the first of them. `names`: by feature, or empty. Pure.
std::optional<std::string> caution_of_constant_features(const Normalizer& normalizer,
                                                        std::span<const std::string> names);

// Features whose spread is small beside their size, as of times in seconds: floats of
// that size are so far apart that fewer than some hundred fit into a standard
// deviation, and differences are lost before the mean is taken away. A caution that
// names the first of them; `names`: by feature, or empty. Pure.
std::optional<std::string> caution_of_coarse_features(const Normalizer& normalizer,
                                                      std::span<const std::string> names);

}  // namespace lockstep

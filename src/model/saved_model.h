#pragma once
// A trained model, loaded from its checkpoint on every rank.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "data/normalization.h"
#include "data/source.h"
#include "data/target_scale.h"
#include "model/table_state.h"
#include "nn/network.h"

namespace lockstep {

struct SavedModel {
  Job job;
  std::uint64_t step = 0;
  std::string weights_digest;
  std::vector<float> weights;
  Normalizer normalizer;
  TargetScale targets;
  std::optional<float> threshold;   // see metrics/threshold.h; absent: the more probable class
  std::optional<TableState> table;  // for a model of tables
  std::uint64_t label_width = 1;    // values per label
  std::optional<ImageShape> image;  // if examples are images
  // Training examples of each class; empty: labels are not classes, or an older build saved it.
  std::vector<std::uint64_t> class_counts;
  std::string train_fingerprint, dev_fingerprint, test_fingerprint;
  Network<float> network;
  Panels<float> panels;  // of the weights

  [[nodiscard]] NetworkWeights<float> parameters() const { return {weights, panels}; }
};

// Collective. Loads the checkpoint on rank 0 and hands it to all. Throws AgreedError when it
// cannot be read or its parts do not fit each other.
SavedModel load_model(const std::filesystem::path& path, const Communicator& comm);

}  // namespace lockstep

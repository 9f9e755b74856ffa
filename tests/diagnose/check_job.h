#pragma once
// A small job for gradient checks on the tiny data: every kind of activation,
// both penalties, dropout and augmentation; layers of equal width, so that a
// transposed matrix of weights fits as well as the right one.

#include <filesystem>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "support/tiny_job.h"

namespace lockstep {

inline LoadedJob check_job(const std::filesystem::path& directory,
                           const std::vector<std::string>& overrides = {}) {
  return parse_job(R"(
    name: "checked" seed: 3
    data {
      train { idx { features: "features" labels: "labels" } }
      augmentation { horizontal_flip { } }
    }
    network {
      input_keep_prob: 0.9
      layer { units: 8 activation: TANH keep_prob: 0.8 }
      layer { units: 8 activation: RELU }
      layer { units: 8 activation: SIGMOID }
      layer { units: 8 activation: LEAKY_RELU }
      output { units: 3 }
    }
    regularization { l2_lambda: 2 l1_lambda: 1 }
    optimizer { adam { learning_rate: 0.01 } }
    training { batch_size: 24 shards: 6 steps: 11 }
    checkpointing { enabled: false }
    exchange { bucket_bytes: 4096 })",
                   "checked", directory, overrides);
}

}  // namespace lockstep

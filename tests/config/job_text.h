#pragma once
// Jobs in text for the tests of this room.

#include <string>
#include <vector>

#include "base/error.h"
#include "config/job_file.h"

namespace lockstep {

// A complete job, as small as one can be. Line numbers matter to tests.
inline const std::string kSmallJob = R"(name: "small"
data {
  train { idx { features: "x.gz" labels: "y.gz" } }
}
network {
  layer { units: 16 }
  output { units: 10 }
}
optimizer {
  adam { }
}
training {
  batch_size: 64
  epochs: 5
}
)";

inline LoadedJob parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_job(text, "job.textproto", "/jobs", overrides);
}

// The problems of a job, one a line; empty when it loads.
inline std::string problems_of(const std::string& text,
                               const std::vector<std::string>& overrides = {}) {
  try {
    parse(text, overrides);
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what() : "wrong exit code";
  }
}

// `text` with the only occurrence of `from` replaced by `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
    return "\"" + from + "\" is not there exactly once";
  }
  return text.replace(at, from.size(), to);
}

// Every field away from its default, so that a mixed-up one shows.
inline const std::string kFullJob = R"(
name: "full-1.0_x"
seed: 7
data {
  train { idx { features: "/data/x.gz" labels: "sub/../y.gz" } }
  test {
    idx { features: "tx.gz" labels: "ty.gz" }
    corruption { gaussian_noise: 2.5 seed: 3 }
  }
  split { dev { count: 500 } train_dev { fraction: 0.25 } stratified: true }
  dev_and_test_from: DIFFERENT_DISTRIBUTIONS
  normalization { standardize { per: ALL } }
}
network {
  input_keep_prob: 0.8
  layer { units: 32 activation: TANH keep_prob: 0.5 initializer { kind: GLOROT multiplier: 2 } }
  layer { units: 16 activation: LEAKY_RELU regularization { l2_lambda: 0.5 l1_lambda: 0.75 } }
  layer { units: 8 activation: SIGMOID }
  output {
    units: 1 loss: LOGISTIC initializer { kind: ZERO } regularization { l2_lambda: 0 }
  }
}
regularization { l2_lambda: 0.25 l1_lambda: 0.125 include_biases: true }
optimizer {
  adam { learning_rate: 0.01 beta1: 0.8 beta2: 0.99 epsilon: 1e-6 }
  schedule { warmup_epochs: 2 step { every_epochs: 3 factor: 0.5 } }
}
training { batch_size: 24 shards: 12 steps: 100 on_nonfinite: ROLLBACK rollback { rate_factor: 0.1 limit: 7 } }
evaluation { every_epochs: 2 train_examples: 0 smallest_improvement: 0.002 }
early_stopping { metric: DEV_COST patience: 3 min_improvement: 0.001 }
checkpointing { enabled: false every_epochs: 4 keep_last: 5 fatal_failures: 6 every_steps: 7 every_minutes: 0.5 background_from_bytes: 8 }
exchange { bucket_bytes: 8192 shared_memory: false compare_weights_every_steps: 7 }
diagnosis { base_error: 0.15 high_gap: 0.01 high_share: 0.25 }
)";

}  // namespace lockstep

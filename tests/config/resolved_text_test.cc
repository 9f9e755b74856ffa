// The job with every default filled in, as text.

#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "config/job_file.h"
#include "job_text.h"

namespace lockstep {
namespace {

TEST(ResolvedText, WritesEverythingOut) {
  EXPECT_EQ(parse(kSmallJob).resolved_text, R"(name: "small"
seed: 1
data {
  train {
    idx {
      features: "/jobs/x.gz"
      labels: "/jobs/y.gz"
    }
    label_coding: AS_IS
  }
  split {
    stratified: false
    by_group: false
    by_content: false
  }
  normalization {
    standardize {
      per: FEATURE
    }
  }
  dev_and_test_from: ONE_SOURCE
  max_copied_share: 0.5
  targets: AS_GIVEN
}
network {
  input_keep_prob: 1
  layer {
    units: 16
    activation: RELU
    keep_prob: 1
    initializer {
      kind: HE
      multiplier: 1
    }
    frozen: false
  }
  output {
    units: 10
    loss: SOFTMAX_CROSS_ENTROPY
    initializer {
      kind: XAVIER
      multiplier: 1
    }
    frozen: false
  }
}
regularization {
  l2_lambda: 0
  include_biases: false
  l1_lambda: 0
}
optimizer {
  adam {
    learning_rate: 0.001
    beta1: 0.9
    beta2: 0.999
    epsilon: 1e-08
  }
  schedule {
    warmup_epochs: 0
    constant {
    }
  }
}
training {
  batch_size: 64
  shards: 16
  epochs: 5
  precision: FLOAT32
  on_nonfinite: STOP
}
evaluation {
  every_epochs: 1
  train_examples: 10000
  smallest_improvement: 0.01
}
checkpointing {
  enabled: true
  every_epochs: 1
  keep_last: 2
  fatal_failures: 3
  every_steps: 0
  every_minutes: 0
  background_from_bytes: 16777216
}
exchange {
  bucket_bytes: 1048576
  shared_memory: true
  link_gigabits_per_second: 10
  compare_weights_every_steps: 100
  precision: FLOAT32
}
diagnosis {
  base_error: 0
  high_gap: 0.02
  high_share: 0.33
}
)");
}

TEST(ResolvedText, ALayerWithALambdaOfItsOwnShowsBothInForce) {
  const std::string text =
      parse(with(kSmallJob, "output {", "output { regularization { l1_lambda: 0.5 } "),
            {"regularization.l2_lambda=0.25"})
          .resolved_text;
  EXPECT_NE(text.find("    regularization {\n"
                      "      l2_lambda: 0.25\n"
                      "      l1_lambda: 0.5\n"
                      "    }\n"),
            std::string::npos)
      << text;
}

// The same job, from anywhere. A Job is a function of the resolved text alone.
TEST(ResolvedText, LoadsToItself) {
  const std::string awkward = with(with(kFullJob, "/data/x.gz", "/d\303\274 \\\"q\\\" \\\\/x.gz"),
                                   "learning_rate: 0.01", "learning_rate: 0.1234567890123456789");
  for (const std::string& text : {kSmallJob, kFullJob, awkward}) {
    const LoadedJob first = parse(text);
    const LoadedJob again = parse_job(first.resolved_text, "resolved", "/elsewhere", {});
    EXPECT_EQ(again.resolved_text, first.resolved_text);
    EXPECT_EQ(std::get<IdxSource>(again.job.data.train.format).features,
              std::get<IdxSource>(first.job.data.train.format).features);
    EXPECT_EQ(std::get<Adam>(again.job.optimizer).learning_rate,
              std::get<Adam>(first.job.optimizer).learning_rate);
  }
}

}  // namespace
}  // namespace lockstep

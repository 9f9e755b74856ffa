#pragma once
// A small job with everything in it that could depend on the layout, on data
// made by a formula and written as IDX files.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/job_file.h"

namespace lockstep {

inline void write_idx(const std::filesystem::path& path,
                      const std::vector<std::uint32_t>& dimensions,
                      const std::vector<unsigned char>& values) {
  std::ofstream file(path, std::ios::binary);
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      file.put(static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU));
    }
  };
  put(0x0800 + static_cast<std::uint32_t>(dimensions.size()), 4);
  for (const std::uint32_t dimension : dimensions) put(dimension, 4);
  for (const unsigned char value : values) file.put(static_cast<char>(value));
}

constexpr std::uint32_t kTinyFeatures = 12;
constexpr std::uint32_t kTinyClasses = 3;

// `examples` points whose class shows in some of their features, with noise. Another seed gives
// other points.
inline void write_tiny_data(const std::filesystem::path& directory, std::uint32_t examples,
                            std::uint32_t seed = 12345) {
  std::vector<unsigned char> features;
  std::vector<unsigned char> labels;
  std::uint32_t state = seed;
  for (std::uint32_t i = 0; i < examples; ++i) {
    const std::uint32_t label = i % kTinyClasses;
    labels.push_back(static_cast<unsigned char>(label));
    for (std::uint32_t j = 0; j < kTinyFeatures; ++j) {
      state = state * 1664525U + 1013904223U;
      const std::uint32_t noise = (state >> 16) % 160;
      features.push_back(static_cast<unsigned char>(noise + (j % kTinyClasses == label ? 60 : 0)));
    }
  }
  write_idx(directory / "features", {examples, kTinyFeatures / 3, 3}, features);
  write_idx(directory / "labels", {examples}, labels);
}

// Dropout, shuffling, L2, Adam, 12 shards, enough parameters for pieces on every
// rank in several buckets, an uneven last batch: 101 examples
// to train on and 40 held out of 141, when the files hold that many.
inline std::string tiny_job_text() {
  return R"(
    name: "tiny" seed: 7
    data {
      train { idx { features: "features" labels: "labels" } }
      split { dev { count: 40 } }
    }
    network {
      input_keep_prob: 0.9
      layer { units: 170 activation: RELU keep_prob: 0.7 }
      layer { units: 90 activation: TANH keep_prob: 0.8 }
      output { units: 3 }
    }
    regularization { l2_lambda: 0.3 }
    optimizer { adam { learning_rate: 0.01 } schedule { warmup_epochs: 0.5 cosine {} } }
    training { batch_size: 24 shards: 12 epochs: 6 }
    evaluation { train_examples: 60 }
    early_stopping { patience: 2 }
    exchange { bucket_bytes: 4096 })";
}

inline LoadedJob tiny_job(const std::filesystem::path& directory,
                          const std::vector<std::string>& overrides = {}) {
  return parse_job(tiny_job_text(), "tiny", directory, overrides);
}

}  // namespace lockstep

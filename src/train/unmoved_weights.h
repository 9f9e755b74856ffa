#pragma once
// Detects a run whose steps change no bit of a weight. Pure.

#include <cstdint>
#include <span>
#include <string>

#include "nn/parameters.h"

namespace lockstep {

// A digest of the weights among `parameters`, without biases. Biases start at 0, so that even
// updates that are too small for any weight change them.
std::uint64_t digest_without_biases(const ParameterTable& table, std::span<const float> parameters);

class UnmovedWeights {
 public:
  // `digest`: that of the weights before the first step.
  explicit UnmovedWeights(std::uint64_t digest) : last_(digest) {}

  // Takes the digest after further steps. Returns whether it is unchanged, but only the first time
  // that this happens.
  bool observe(std::uint64_t digest);

 private:
  std::uint64_t last_;
  bool reported_ = false;
};

// The notice for an evaluation after `step` steps, the last of which had that learning rate.
std::string unmoved_weights_caution(std::uint64_t step, double learning_rate);

}  // namespace lockstep

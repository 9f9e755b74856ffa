#pragma once
// Notices a run whose steps move no weight by a bit. Pure.

#include <cstdint>
#include <span>
#include <string>

#include "nn/parameters.h"

namespace lockstep {

// A digest of the weights among `parameters`, without biases: those start at 0, and so move
// by updates that are too small for any weight.
std::uint64_t digest_without_biases(const ParameterLayout& layout,
                                    std::span<const float> parameters);

class UnmovedWeights {
 public:
  // `digest`: of the weights before the first step.
  explicit UnmovedWeights(std::uint64_t digest) : last_(digest) {}

  // Takes the digest after further steps. Returns whether it is as it was before them, the
  // first time that this is so.
  bool observe(std::uint64_t digest);

 private:
  std::uint64_t last_;
  bool told_ = false;
};

// The notice of it, for an evaluation after `step` steps, of which the last had that
// learning rate.
std::string unmoved_weights_caution(std::uint64_t step, double learning_rate);

}  // namespace lockstep

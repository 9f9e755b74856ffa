#pragma once
// The weights before the first step: those of the job's initializers (lecture 1.11) or, with
// training.weights_from, those of another run in the layers that fit, a warm start.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "model/saved_model.h"
#include "nn/network.h"
#include "sets/dataset.h"

namespace lockstep {

// The weights of another run that one tensor starts with, for this job's data.
struct TakenTensor {
  std::uint64_t offset = 0;  // of its first value in the flat vector
  std::vector<float> values;
};

class StartingWeights {
 public:
  // Collective. Reads the checkpoint that the job names, if it does. Throws AgreedError when it
  // cannot be read (missing_input, data), or no layer fits (usage). `network` must live as long as
  // this.
  StartingWeights(const Job& job, const Communicator& comm, const Dataset& data,
                  const NetworkSpec& network);

  // Sets every parameter. T: float or double. Does not communicate.
  template <typename T>
  void set(std::span<T> weights) const;

  // What a person should know, on all ranks: the layers, one line each. Empty without a warm start.
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }
  // The digest of the weights that were taken; empty without a warm start.
  [[nodiscard]] const std::string& digest() const { return digest_; }

 private:
  void take(const SavedModel& model, const Job& job, const Dataset& data);

  const NetworkSpec& network_;
  std::uint32_t seed_;
  std::vector<TakenTensor> taken_;
  std::vector<std::string> notices_;
  std::string digest_;
};

}  // namespace lockstep

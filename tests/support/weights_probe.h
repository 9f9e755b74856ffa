#pragma once
// A probe that hands a rank's weights to a test before each step.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "train/step_probe.h"

namespace lockstep {

using TouchWeights = std::function<void(int rank, std::uint64_t step, std::span<float> weights)>;

class WeightsProbe : public StepProbe {
 public:
  WeightsProbe(const ProbedRun& run, TouchWeights touch)
      : rank_(run.comm.rank()), engine_(run.engine), touch_(std::move(touch)) {}

  [[nodiscard]] bool looks_at(std::uint64_t /*step*/) const override { return true; }
  void before_step(std::uint64_t step) override { touch_(rank_, step, engine_.weights()); }

 private:
  int rank_;
  StepEngine<float>& engine_;
  TouchWeights touch_;
};

inline MakeStepProbe weights_probe(TouchWeights touch) {
  return [touch = std::move(touch)](const ProbedRun& run) {
    return std::make_unique<WeightsProbe>(run, touch);
  };
}

}  // namespace lockstep

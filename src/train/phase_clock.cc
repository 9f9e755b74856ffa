#include "train/phase_clock.h"

#include "records/session.h"

namespace lockstep {

namespace {

constexpr std::array<const char*, kPhases> kNames = {
    "load",      "data",           "augmentation", "forward",    "backward", "exchange",
    "optimizer", kWaitingActivity, "evaluation",   "checkpoint", "monitor"};

// Whether a phase belongs to training steps. Measurements, such as evaluation and the monitor, do
// not.
bool is_of_steps(Phase phase) {
  switch (phase) {
    case Phase::load:
    case Phase::evaluation:
    case Phase::checkpoint:
    case Phase::monitor:
      return false;
    case Phase::data:
    case Phase::augmentation:
    case Phase::forward:
    case Phase::backward:
    case Phase::exchange:
    case Phase::optimizer:
    case Phase::waiting:
      return true;
  }
  return true;
}

}  // namespace

const char* name_of(Phase phase) { return kNames[static_cast<std::size_t>(phase)]; }

double seconds_of_steps(const std::map<std::string, double>& by_name) {
  double seconds = 0;
  for (std::size_t i = 0; i < kPhases; ++i) {
    const auto phase = static_cast<Phase>(i);
    if (!is_of_steps(phase)) continue;
    const auto found = by_name.find(kNames[i]);
    if (found != by_name.end()) seconds += found->second;
  }
  return seconds;
}

std::map<std::string, double> PhaseClock::by_name() const {
  std::map<std::string, double> named;
  double total = 0;
  for (std::size_t i = 0; i < kPhases; ++i) {
    named[kNames[i]] = seconds_[i];
    total += seconds_[i];
  }
  named[kTotalSeconds] = total;
  named["ahead"] = ahead_seconds_;
  return named;
}

}  // namespace lockstep

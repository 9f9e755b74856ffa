#include "train/phase_clock.h"

namespace lockstep {

std::map<std::string, double> PhaseClock::by_name() const {
  constexpr std::array<const char*, kPhases> kNames = {
      "load",      "data",    "augmentation", "forward",    "backward", "exchange",
      "optimizer", "waiting", "evaluation",   "checkpoint", "monitor"};
  std::map<std::string, double> named;
  double total = 0;
  for (std::size_t i = 0; i < kPhases; ++i) {
    named[kNames[i]] = seconds_[i];
    total += seconds_[i];
  }
  named["total"] = total;
  named["ahead"] = ahead_seconds_;
  return named;
}

}  // namespace lockstep

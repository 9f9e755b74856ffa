#pragma once
// Measures where a worker's time goes. Timings are shown, but never affect results.

#include <array>
#include <chrono>
#include <map>
#include <string>

#include "base/heartbeat.h"

namespace lockstep {

enum class Phase {
  load,          // reading and distributing the data, once
  data,          // gathering batches
  augmentation,  // changing the gathered images, or waiting for a helper that does so
  forward,
  backward,  // with the additions of the worker's own gradient tree
  exchange,  // gradients in, weights out
  optimizer,
  waiting,  // for other workers and ranks
  evaluation,
  checkpoint,
  monitor,  // measuring the signal flow
};
constexpr std::size_t kPhases = 11;

// The seconds of training steps, from numbers by phase as in PhaseClock::by_name(): the sum
// without loading, evaluation, saving and the monitor.
double seconds_of_steps(const std::map<std::string, double>& by_name);

const char* name_of(Phase phase);

// Whether a rank in this phase waits for others, at least in part.
constexpr bool waits_in(Phase phase) { return phase == Phase::exchange || phase == Phase::waiting; }

class PhaseClock {
 public:
  // From now on notifies `heartbeat`, if it is not null, of every phase; it must live as long as
  // this.
  void beat(Heartbeat* heartbeat) { heartbeat_ = heartbeat; }
  // Ends the current phase and starts `phase`.
  void enter(Phase phase) {
    if (heartbeat_ != nullptr) heartbeat_->enter(name_of(phase), waits_in(phase));
    const auto now = std::chrono::steady_clock::now();
    seconds_[static_cast<std::size_t>(phase_)] +=
        std::chrono::duration<double>(now - since_).count();
    phase_ = phase;
    since_ = now;
  }
  // Adds time that passed before the clock was constructed.
  void add(Phase phase, double seconds) { seconds_[static_cast<std::size_t>(phase)] += seconds; }
  [[nodiscard]] double seconds(Phase phase) const {
    return seconds_[static_cast<std::size_t>(phase)];
  }
  // Adds time that helpers worked ahead for this worker, in addition to its own.
  void add_ahead(double seconds) { ahead_seconds_ += seconds; }
  // Seconds by phase name, with kTotalSeconds, and separately "ahead".
  [[nodiscard]] std::map<std::string, double> by_name() const;

 private:
  Phase phase_ = Phase::load;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::array<double, kPhases> seconds_{};
  double ahead_seconds_ = 0;
  Heartbeat* heartbeat_ = nullptr;
};

}  // namespace lockstep

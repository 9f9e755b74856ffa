#pragma once
// The timings of one session of a run. They are shown, but never affect results.

#include <chrono>

#include "base/seconds_since.h"
#include "records/session.h"
#include "train/phase_clock.h"
#include "train/run_position.h"

namespace lockstep {

class RunTimes {
 public:
  // `clock`, that of rank 0's first thread, must live as long as this. The session starts now, and
  // so does the interval up to its first evaluation.
  explicit RunTimes(const PhaseClock& clock) : clock_(&clock) {}

  // Starts the next interval, after an evaluation.
  void start_interval() {
    interval_start_ = Clock::now();
    interval_step_seconds_ = step_seconds();
  }
  // Seconds since the interval started: all of them, and those of training steps.
  [[nodiscard]] double seconds_of_interval() const { return seconds_since(interval_start_); }
  [[nodiscard]] double step_seconds_of_interval() const {
    return step_seconds() - interval_step_seconds_;
  }

  // Whether the last report of progress is long enough ago for another one, which is then made
  // now.
  bool tells_progress() {
    const auto now = Clock::now();
    if (now - last_progress_ < std::chrono::milliseconds(200)) return false;
    last_progress_ = now;
    return true;
  }

  // Updates the last session of `position` to now.
  void note(RunPosition& position) const {
    RunSession& session = position.sessions.back();
    session.last_step = position.step;
    session.seconds = seconds_since(start_);
    session.phases = clock_->by_name();
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Seconds without evaluation and saving.
  [[nodiscard]] double step_seconds() const { return seconds_of_steps(clock_->by_name()); }

  const PhaseClock* clock_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point interval_start_ = Clock::now();
  Clock::time_point last_progress_;
  double interval_step_seconds_ = 0;
};

}  // namespace lockstep

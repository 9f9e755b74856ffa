#pragma once
// Lines on stderr that say how far a command is which takes long.

#include <chrono>
#include <string>

namespace lockstep {

// Writes a line at most every five seconds, the first after as long. For rank 0.
class ProgressLines {
 public:
  // "gradcheck: 50 of 200 entries", with "gradcheck" as `command` and the rest as
  // `text`.
  void show(const std::string& command, const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

}  // namespace lockstep

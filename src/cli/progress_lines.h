#pragma once
// Progress of long commands, as lines on stderr.

#include <chrono>
#include <string>

namespace lockstep {

// Writes at most one line every five seconds, and none in the first five. For rank 0.
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

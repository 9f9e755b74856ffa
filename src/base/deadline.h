#pragma once
// Ends what may wait for ever.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace lockstep {

// Calls `expired` on a thread of its own when it still lives after `seconds`, and not at all if
// they are 0. Time in which the process is stopped does not count.
class Deadline {
 public:
  Deadline(double seconds, std::function<void()> expired);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

 private:
  void wait(double seconds);

  std::function<void()> expired_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool met_ = false;
  std::thread thread_;  // not joinable: there is no deadline
};

}  // namespace lockstep

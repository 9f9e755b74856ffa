#pragma once
// How commands that have nothing to save answer a request to stop.

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

namespace lockstep {

// While it lives, a signal that asks for a stop (cli/signals.h) ends this process within a tenth
// of a second with exit code 75, whatever the main thread does: reads, computes, waits in MPI. The
// launcher ends the other ranks, each of which answers that in the same way. `reports`: this rank,
// as rank 0, says so on stderr. `output`: a file that is written as an AtomicFile, which is removed
// if it is incomplete; empty: none. Does not communicate.
class EndOnSignal {
 public:
  explicit EndOnSignal(bool reports, std::filesystem::path output = {});
  ~EndOnSignal();
  EndOnSignal(const EndOnSignal&) = delete;
  EndOnSignal& operator=(const EndOnSignal&) = delete;

 private:
  void watch(const std::stop_token& ended);

  bool reports_ = false;
  std::filesystem::path output_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace lockstep

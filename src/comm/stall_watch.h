#pragma once
// Ends a job that cannot continue: a rank that was stopped, lost with its host or cut off would
// leave the others waiting in MPI for ever. A thread on every rank sends rank 0 what the rank is
// doing, by UDP and without MPI, and rank 0 judges (comm/watch_table.h). A rank that no longer
// hears rank 0 ends by itself. Where UDP does not arrive from the start, nothing is concluded from
// silence.

#include <functional>
#include <memory>
#include <string>

#include "base/heartbeat.h"
#include "comm/communicator.h"
#include "comm/watch_table.h"

namespace lockstep {

class StallWatch {
 public:
  struct Settings {
    WatchLimits limits;
    // Whether this rank has been asked to stop.
    std::function<bool()> stop_requested;
    // Called on rank 0, on the watch's thread or at the start.
    std::function<void(const std::string& text)> warn;
    // Ends this process; called on the watch's thread. `reports`: this rank is to report it,
    // because it is rank 0 or has lost rank 0.
    std::function<void(const std::string& reason, bool reports)> end;
  };

  // Collective. Starts the thread, and returns when this rank and rank 0 have heard each other, or
  // after a second where UDP does not arrive. `heartbeat`, which the main thread writes, must live
  // as long as this. With one rank there is nothing to watch.
  StallWatch(const Communicator& comm, const Heartbeat& heartbeat, Settings settings);
  // Ends the thread; does not communicate. The other ranks lose this one.
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  // Collective. Ends the threads once all ranks are here.
  void finish();

 private:
  class Thread;
  const Communicator& comm_;
  std::unique_ptr<Thread> thread_;  // null: no watch
};

}  // namespace lockstep

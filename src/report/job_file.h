#pragma once
// job.textproto: the job as run, with every default filled in.

#include "records/observer.h"

namespace lockstep {

// Writes job.textproto at the start, atomically. Throws Error(io).
class JobFileReport : public TrainingObserver {
 public:
  void on_start(const RunStart& start) override;
};

}  // namespace lockstep

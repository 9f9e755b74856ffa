#pragma once
// job.textproto: the job with every default filled in, as it was run.

#include "records/observer.h"

namespace lockstep {

// Writes job.textproto at the start, atomically. Throws Error(io).
class JobFileReport : public TrainingObserver {
 public:
  void on_start(const RunStart& start) override;
};

}  // namespace lockstep

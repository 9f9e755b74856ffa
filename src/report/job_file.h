#pragma once
// job.textproto: the job as run, with every default filled in; and the jobs of a run's past.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "records/observer.h"

namespace lockstep {

// A job with which the run trained up to `last_step`, before it was resumed with another one.
struct EarlierJob {
  std::uint64_t last_step = 0;
  std::filesystem::path file;
};

// The earlier jobs of the run in `run_dir`, in their order; none if it does not exist. Throws
// Error(missing_input) when it cannot be read.
std::vector<EarlierJob> earlier_jobs(const std::filesystem::path& run_dir);

// Writes job.textproto at the start, atomically. When a run is resumed with another job, the job
// of the steps so far stays as job.until-step-NNNNNNNN.textproto. Throws Error(io).
class JobFileReport : public TrainingObserver {
 public:
  void on_start(const RunStart& start) override;
};

}  // namespace lockstep

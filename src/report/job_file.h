#pragma once
// job.textproto: the job as run, with every default filled in; and the jobs of a run's past.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "records/observer.h"
#include "report/kept_file.h"
#include "report/warn.h"

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
  explicit JobFileReport(Warn warn = warn_on_stderr) : warn_(std::move(warn)) {}

  // All throw Error(io). A file that someone has removed is written again.
  void on_start(const RunStart& start) override;
  void on_evaluation(const Evaluation& evaluation) override;
  void on_finish(const Summary& summary) override;

 private:
  Warn warn_;
  std::optional<KeptFile> file_;
};

}  // namespace lockstep

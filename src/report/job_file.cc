#include "report/job_file.h"

#include <filesystem>

#include "base/atomic_file.h"

namespace lockstep {

void JobFileReport::on_start(const RunStart& start) {
  replace_file(std::filesystem::path(start.run_dir) / "job.textproto", start.resolved_job);
}

}  // namespace lockstep

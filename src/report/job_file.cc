#include "report/job_file.h"

#include <filesystem>

#include "base/atomic_file.h"
#include "base/run_files.h"

namespace lockstep {

void JobFileReport::on_start(const RunStart& start) {
  replace_file(std::filesystem::path(start.run_dir) / kJobFile, start.resolved_job);
}

}  // namespace lockstep

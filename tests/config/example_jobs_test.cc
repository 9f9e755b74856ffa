// The jobs in launch/jobs can be loaded. (Their data need not be there.)

#include <filesystem>

#include <gtest/gtest.h>

#include "config/job_file.h"

namespace lockstep {
namespace {

TEST(ExampleJobs, Load) {
  int jobs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LOCKSTEP_JOBS_DIR)) {
    EXPECT_EQ(entry.path().extension(), ".textproto") << entry.path();
    try {
      const LoadedJob job = load_job(entry.path(), {});
      EXPECT_EQ(job.job.name, entry.path().stem()) << "the job of a file has its name";
      ++jobs;
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  EXPECT_GE(jobs, 2);
}

}  // namespace
}  // namespace lockstep

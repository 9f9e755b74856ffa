#include "comm/lone_process.h"

#include <stdlib.h>  // NOLINT: setenv is POSIX, not in <cstdlib>

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/given_environment.h"

namespace lockstep {
namespace {

using testing::IsEmpty;

TEST(LoneProcess, HasSettings) {
  const std::map<std::string, std::string> settings = {{"OMPI_MCA_ess_singleton_isolated", "1"},
                                                       {"OMPI_MCA_orte_create_session_dirs", "0"},
                                                       {"OMPI_MCA_pml", "ob1"}};
  EXPECT_EQ(lone_process_settings(with({})), settings);
  // The shell of `salloc -n 4`, where nothing was started.
  EXPECT_EQ(lone_process_settings(with({{"SLURM_JOB_ID", "7"}, {"SLURM_NTASKS", "4"}})), settings);
}

TEST(LoneProcess, OfALauncherHasNone) {
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "PMI_SIZE",
                               "PMI_RANK", "PMIX_NAMESPACE", "PMIX_RANK", "PMI_FD"}) {
    EXPECT_THAT(lone_process_settings(with({{variable, "1"}})), IsEmpty()) << variable;
  }
}

TEST(LoneProcess, KeepsWhatAUserHasSet) {
  ASSERT_EQ(setenv("OMPI_MCA_pml", "cm", 1), 0);
  prepare_lone_process(with({}));
  EXPECT_STREQ(getenv("OMPI_MCA_pml"), "cm");
  EXPECT_STREQ(getenv("OMPI_MCA_ess_singleton_isolated"), "1");
  for (const auto& setting : lone_process_settings(with({}))) unsetenv(setting.first.c_str());
}

}  // namespace
}  // namespace lockstep

#include "comm/preflight.h"

#include <stdlib.h>  // NOLINT: setenv is POSIX, not in <cstdlib>

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/given_environment.h"

namespace lockstep {
namespace {

// The message with which a launch is refused; empty if it is not.
std::string refusal(const std::optional<LaunchedTasks>& launched, int mpi_size) {
  try {
    check_launch(launched, mpi_size);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "";
}

void expect_launched(const Environment& environment, const std::string& launcher, int tasks) {
  const std::optional<LaunchedTasks> launched = launched_tasks(environment);
  ASSERT_TRUE(launched.has_value());
  EXPECT_EQ(launched->launcher, launcher);
  EXPECT_EQ(launched->tasks, tasks);
}

TEST(Preflight, WithoutALauncherAnySizeIsRight) {
  EXPECT_FALSE(launched_tasks(with({})).has_value());
  EXPECT_EQ(refusal(launched_tasks(with({})), 1), "");
  EXPECT_EQ(refusal(std::nullopt, 3), "");
}

TEST(Preflight, KnowsTheLaunchers) {
  expect_launched(with({{"OMPI_COMM_WORLD_SIZE", "3"}}), "mpirun", 3);
  expect_launched(with({{"SLURM_STEP_NUM_TASKS", "4"}}), "Slurm", 4);
  expect_launched(with({{"SLURM_NTASKS", "5"}, {"SLURM_STEP_ID", "0"}}), "Slurm", 5);
  expect_launched(with({{"PMI_SIZE", "2"}, {"PMI_RANK", "1"}}), "mpiexec", 2);
}

TEST(Preflight, KnowsTheRank) {
  EXPECT_EQ(launched_rank(with({})), 0);
  EXPECT_EQ(launched_rank(with({{"OMPI_COMM_WORLD_RANK", "3"}, {"SLURM_PROCID", "1"}})), 3);
  EXPECT_EQ(launched_rank(with({{"SLURM_PROCID", "2"}})), 2);
  EXPECT_EQ(launched_rank(with({{"PMI_RANK", "4"}})), 4);
}

// The shell of `salloc -n 4`, or a batch script in front of its srun.
TEST(Preflight, AnAllocationAloneHasStartedNothing) {
  const Environment shell =
      with({{"SLURM_JOB_ID", "7"}, {"SLURM_NTASKS", "4"}, {"SLURM_PROCID", "0"}});
  EXPECT_FALSE(launched_tasks(shell).has_value());
  EXPECT_EQ(refusal(launched_tasks(shell), 1), "");
}

TEST(Preflight, AStepIsNearerThanItsAllocation) {
  expect_launched(with({{"SLURM_NTASKS", "8"}, {"SLURM_STEP_NUM_TASKS", "2"}}), "Slurm", 2);
}

// The daemons of mpirun are a Slurm step of their own, one task for each node.
TEST(Preflight, MpirunInsideAnAllocationMayStartFewer) {
  const Environment environment =
      with({{"OMPI_COMM_WORLD_SIZE", "2"}, {"SLURM_NTASKS", "8"}, {"SLURM_STEP_NUM_TASKS", "1"}});
  expect_launched(environment, "mpirun", 2);
  EXPECT_EQ(refusal(launched_tasks(environment), 2), "");
}

TEST(Preflight, RefusesTasksThatEachBelieveToBeAlone) {
  EXPECT_EQ(refusal(launched_tasks(with({{"SLURM_STEP_NUM_TASKS", "4"}})), 1),
            "MPI sees 1 rank, Slurm started 4; use srun --mpi=pmix");
  EXPECT_EQ(refusal(LaunchedTasks{"Slurm", 4}, 2),
            "MPI sees 2 ranks, Slurm started 4; use srun --mpi=pmix");
  EXPECT_EQ(refusal(LaunchedTasks{"Slurm", 4}, 4), "");
}

TEST(Preflight, RefusesTheMpirunOfAnotherMpi) {
  EXPECT_EQ(refusal(LaunchedTasks{"mpirun", 4}, 1),
            "MPI sees 1 rank, mpirun started 4; "
            "use the mpirun of Open MPI, which Lockstep was built with");
}

TEST(Preflight, IgnoresWhatIsNoNumberOfTasks) {
  for (const char* garbage : {"", " ", "four", "4x", "4 ", " 4", "4.0", "0", "-4", "99999999999"}) {
    SCOPED_TRACE(garbage);
    EXPECT_FALSE(launched_tasks(with({{"OMPI_COMM_WORLD_SIZE", garbage},
                                      {"SLURM_STEP_NUM_TASKS", garbage},
                                      {"SLURM_NTASKS", garbage},
                                      {"SLURM_STEP_ID", "0"},
                                      {"PMI_SIZE", garbage}}))
                     .has_value());
    expect_launched(with({{"OMPI_COMM_WORLD_SIZE", garbage}, {"SLURM_STEP_NUM_TASKS", "2"}}),
                    "Slurm", 2);
    expect_launched(
        with({{"SLURM_STEP_NUM_TASKS", garbage}, {"SLURM_NTASKS", "3"}, {"SLURM_STEP_ID", "0"}}),
        "Slurm", 3);
  }
}

TEST(Preflight, ReadsTheEnvironmentOfTheProcess) {
  const char* name = "LOCKSTEP_PREFLIGHT_TEST";
  ::unsetenv(name);
  EXPECT_FALSE(process_environment()(name).has_value());
  ::setenv(name, "", 1);
  EXPECT_EQ(process_environment()(name), "");
  ::setenv(name, "7", 1);
  EXPECT_EQ(process_environment()(name), "7");
  ::unsetenv(name);
}

TEST(Preflight, AStepWithoutPmixIsRefusedBeforeMpiStarts) {
  const auto message = [](std::map<std::string, std::string> variables) -> std::string {
    try {
      check_step(with(std::move(variables)));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({{"SLURM_STEP_ID", "0"}}).find("use srun --mpi=pmix"), std::string::npos);
  EXPECT_EQ(message({{"SLURM_STEP_ID", "0"}, {"PMIX_NAMESPACE", "slurm.pmix.7.0"}}), "");
  EXPECT_EQ(message({{"SLURM_STEP_ID", "0"}, {"OMPI_COMM_WORLD_SIZE", "2"}}), "") << "mpirun";
  EXPECT_EQ(message({{"SLURM_STEP_ID", "4294967290"}}), "") << "the shell of salloc";
  EXPECT_EQ(message({{"SLURM_JOB_ID", "7"}}), "");
}

TEST(Preflight, TheLaunchIsSaidInFrontOfTheProgram) {
  EXPECT_EQ(launch_command(std::nullopt, with({}), "lockstep"), "lockstep");
  EXPECT_EQ(launch_command(LaunchedTasks{"mpirun", 4}, with({}), "lockstep"),
            "mpirun -n 4 lockstep");
  EXPECT_EQ(launch_command(LaunchedTasks{"Slurm", 8}, with({}), "lockstep"),
            "srun --mpi=pmix -n 8 lockstep");
  EXPECT_EQ(launch_command(LaunchedTasks{"mpirun", 4},
                           with({{"LOCKSTEP_LAUNCH", "launch/hosts -H a:2,b:2"}}), "lockstep"),
            "launch/hosts -H a:2,b:2");
}

}  // namespace
}  // namespace lockstep

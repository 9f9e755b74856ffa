#include "report/slurm_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

SlurmScript sample() {
  SlurmScript script;
  script.project = "/home/me/lockstep";
  script.name = "leaves";
  script.file = "/home/me/leaves.textproto";
  script.nodes = 4;
  script.ranks_per_node = 2;
  script.cpus_per_rank = 8;
  script.memory_bytes = 512ULL << 20;
  script.time = "02:00:00";
  return script;
}

TEST(SlurmScript, IsTheBatchScriptOfTheProjectWithTheNumbersOfTheJob) {
  SlurmScript script = sample();
  script.remarks = {"One.", "Two."};
  script.arguments = {"--set", "training.epochs=3"};
  EXPECT_EQ(slurm_script(script), R"(#!/bin/bash
# One.
# Two.
#SBATCH --job-name=leaves
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=8
#SBATCH --mem=512M
#SBATCH --time=02:00:00
# The job may be started again, continues its log, and saves 120 s before the time limit.
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=USR1@120

export LOCKSTEP_ROOT=/home/me/lockstep
exec bash "$LOCKSTEP_ROOT/launch/slurm.sbatch" /home/me/leaves.textproto --set training.epochs=3
)");
}

TEST(SlurmScript, ASweepHasTheScriptOfSweeps) {
  SlurmScript script = sample();
  script.sweep = true;
  EXPECT_THAT(slurm_script(script), HasSubstr("/launch/slurm-sweep.sbatch\" /home/me"));
}

TEST(SlurmScript, AnArrayHasItsTasks) {
  SlurmScript script = sample();
  EXPECT_THAT(slurm_script(script), Not(HasSubstr("--array")));
  script.sweep = true;
  script.array_tasks = 8;
  EXPECT_THAT(slurm_script(script), HasSubstr("#SBATCH --array=1-8\n#SBATCH --nodes=4\n"));
}

TEST(SlurmScript, PartitionAndAccountAreThereWhenGiven) {
  SlurmScript script = sample();
  EXPECT_THAT(slurm_script(script), Not(HasSubstr("partition")));
  script.partition = "long";
  script.account = "lab";
  EXPECT_THAT(slurm_script(script), HasSubstr("#SBATCH --partition=long\n#SBATCH --account=lab\n"));
}

// A line of #SBATCH is not read by a shell.
TEST(SlurmScript, SignsThatAShellOrSlurmWouldReadAreHarmless) {
  SlurmScript script = sample();
  script.name = "a b;c\n#SBATCH --x";
  script.file = "/home/me/it's here.textproto";
  script.project = "/home/$USER";
  const std::string text = slurm_script(script);
  EXPECT_THAT(text, HasSubstr("#SBATCH --job-name=a_b_c__SBATCH_--x\n"));
  EXPECT_THAT(text, HasSubstr(" '/home/me/it'\\''s here.textproto'\n"));
  EXPECT_THAT(text, HasSubstr("LOCKSTEP_ROOT='/home/$USER'\n"));
  script.remarks = {"For x\ntouch there"};
  EXPECT_THAT(slurm_script(script), HasSubstr("# For x?touch there\n#SBATCH"));
}

TEST(SlurmScript, MemoryIsRoundedUp) {
  SlurmScript script = sample();
  script.memory_bytes = (1ULL << 20) + 1;
  EXPECT_THAT(slurm_script(script), HasSubstr("#SBATCH --mem=2M\n"));
}

TEST(SlurmTime, IsReadInEveryForm) {
  EXPECT_EQ(seconds_of_slurm_time("90"), 5400);
  EXPECT_EQ(seconds_of_slurm_time("1:30"), 90);
  EXPECT_EQ(seconds_of_slurm_time("02:00:05"), 7205);
  EXPECT_EQ(seconds_of_slurm_time("1-2"), 26 * 3600);
  EXPECT_EQ(seconds_of_slurm_time("1-02:30"), 26.5 * 3600);
  EXPECT_EQ(seconds_of_slurm_time("1-02:30:01"), 26.5 * 3600 + 1);
  for (const char* wrong : {"", "-5", "10:99", "1:2:3:4", "1-", "soon", "1 ", "1-1:60"}) {
    EXPECT_FALSE(seconds_of_slurm_time(wrong).has_value()) << wrong;
  }
}

TEST(SlurmTime, IsInWholeMinutesRoundedUp) {
  EXPECT_EQ(slurm_time(0), "00:01:00");
  EXPECT_EQ(slurm_time(60), "00:01:00");
  EXPECT_EQ(slurm_time(60.5), "00:02:00");
  EXPECT_EQ(slurm_time(2 * 3600 + 5 * 60), "02:05:00");
  EXPECT_EQ(slurm_time(24 * 3600), "1-00:00:00");
  EXPECT_EQ(slurm_time(49.5 * 3600), "2-01:30:00");
}

}  // namespace
}  // namespace lockstep

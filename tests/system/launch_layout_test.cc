// How launch/local divides a machine among ranks and threads. The machine is made up.

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/launch_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// Stdin is passed on where an argument names it, and otherwise left to the next command.
class LaunchStdin : public LaunchFixture {
 protected:
  // Runs a loop over the lines of `input`, whose body starts launch/local with `arguments`; the
  // made up program says what it reads. Returns what is written.
  [[nodiscard]] std::string loop(const std::string& arguments) const {
    write("project/build/release/program", "#!/bin/sh\ncat\n");
    return run_program(
               fmt::format("cd {0} && rm project/build/release/lockstep && mv "
                           "project/build/release/program project/build/release/lockstep && chmod "
                           "+x project/build/release/lockstep && printf 'a\\nb\\n' | while read "
                           "-r line; do echo \"line $line\"; project/launch/local -n 1 {1}; done",
                           directory_.string(), arguments))
        .out;
  }
};

TEST_F(LaunchStdin, IsReadOnlyWhereAnArgumentNamesIt) {
  EXPECT_EQ(loop("predict run -"), "line a\nb\n");
}

TEST_F(LaunchStdin, MayBeClosed) {
  write("project/build/release/program", "#!/bin/sh\ncat\necho end\n");
  const auto result = run_program(
      fmt::format("cd {} && rm project/build/release/lockstep && mv project/build/release/program "
                  "project/build/release/lockstep && chmod +x project/build/release/lockstep && "
                  "project/launch/local -n 1 predict run - <&-",
                  directory_.string()));
  EXPECT_EQ(result.out, "end\n") << result.err;
}

TEST_F(LaunchStdin, IsLeftToTheNextCommand) {
  EXPECT_EQ(loop("predict run table.csv"), "line a\nline b\n");
}

class LaunchLayout : public LaunchFixture {
 protected:
  // A machine of 16 cores in `domains` NUMA domains, whose mpirun prints what it is asked for.
  void make_machine(int domains) {
    make("nproc", "echo 16");
    make("taskset", "echo \"pid 1's current affinity list: 0-15\"");
    make("lscpu", fmt::format("for cpu in $(seq 0 15); do\n"
                              "  case $1 in -p=CPU,NODE) echo $cpu,$((cpu * {} / 16)) ;;\n"
                              "  *) echo $cpu,0 ;; esac\ndone",
                              domains));
    make("mpirun", "echo \"$*\"");
  }
  [[nodiscard]] std::string launched(const std::string& arguments) const {
    const auto result = run_program(fmt::format(
        "cd {0} && PATH=$PWD/bin:$PATH project/launch/local {1}", directory_.string(), arguments));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

 private:
  void make(const std::string& name, const std::string& script) {
    fs::create_directory(directory_ / "bin");
    write("bin/" + name, "#!/bin/sh\n" + script + "\n");
    fs::permissions(directory_ / "bin" / name, fs::perms::owner_all);
  }
};

TEST_F(LaunchLayout, HasARankForEachNumaDomain) {
  make_machine(2);
  EXPECT_THAT(launched("job.textproto"), HasSubstr("-n 2 --bind-to numa --map-by numa "));
  EXPECT_THAT(launched("job.textproto"), HasSubstr(" train --threads 8 job.textproto"));
  make_machine(1);
  EXPECT_THAT(launched("job.textproto"), HasSubstr("-n 1 --bind-to none "));
  EXPECT_THAT(launched("job.textproto"), HasSubstr(" train --threads 16 job.textproto"));
}

TEST_F(LaunchLayout, UsesAllCoresWithRanksOrThreadsOfTheUser) {
  make_machine(2);
  EXPECT_THAT(launched("-n 4 job.textproto"), HasSubstr("-n 4 --bind-to none "));
  EXPECT_THAT(launched("-n 4 job.textproto"), HasSubstr("--threads 4 "));
  EXPECT_THAT(launched("-n 16 job.textproto"), HasSubstr("-n 16 --bind-to core "));
  EXPECT_THAT(launched("-n 16 job.textproto"), HasSubstr("--threads 1 "));
  EXPECT_THAT(launched("-n 20 job.textproto"), HasSubstr("--threads 1 "));
  EXPECT_THAT(launched("-t 4 job.textproto"), HasSubstr("-n 4 "));
  EXPECT_THAT(launched("-n 3 -t 2 job.textproto"), HasSubstr("-n 3 "));
  EXPECT_THAT(launched("-n 3 -t 2 job.textproto"), HasSubstr("--threads 2 "));
}

TEST_F(LaunchLayout, HasARankForEachGroupOfASweep) {
  make_machine(1);
  for (const char* groups : {"--groups 3", "--groups=3"}) {
    const std::string line = launched(std::string("sweep sweep.textproto ") + groups);
    EXPECT_THAT(line, HasSubstr("-n 3 ")) << groups;
    EXPECT_THAT(line, HasSubstr(" sweep --threads 5 ")) << groups;
  }
}

}  // namespace
}  // namespace lockstep

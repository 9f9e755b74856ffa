// A run resumes only with the build that began it, unless the user allows another one, and then its
// results say so for ever.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "checkpoint/load.h"
#include "checkpoint/save.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class AnotherBuild : public ProgramFixture {
 protected:
  [[nodiscard]] ProgramResult resume(const std::string& more) const {
    return run("train job.textproto --run-dir run --resume must " + more, 2);
  }
  // Makes the newest checkpoint one of a build with another value of this fact.
  void come_from(const std::string& fact, const std::string& value) const {
    const std::string name = file("run/ckpt/latest");
    const auto path = directory_ / "run/ckpt" / name.substr(0, name.find('\n'));
    Checkpoint checkpoint = load_checkpoint(path);
    checkpoint.environment[fact] = value;
    save_checkpoint(checkpoint, path);
  }
  [[nodiscard]] json mark_of(const char* name, const char* facts) const {
    return json::parse(file(name))[facts].value("changed_environment", "");
  }
};

TEST_F(AnotherBuild, IsRefusedOrMarksTheResults) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  come_from("sources", "0123456789abcdef");
  const auto refused = resume("");
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_THAT(refused.err, AllOf(HasSubstr("run/ckpt/step-00000005.ckpt was written by another "
                                           "build of Lockstep (sources was 0123456789abcdef and "
                                           "is "),
                                 HasSubstr("pass --allow-changed-environment")));
  const auto allowed = resume("--set training.epochs=2 --allow-changed-environment");
  ASSERT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_THAT(allowed.err, HasSubstr("warning: the run has changed its environment (from step 5: "
                                     "sources was 0123456789abcdef and is "));
  const auto marked = HasSubstr("from step 5: sources was 0123456789abcdef and is ");
  EXPECT_THAT(mark_of("run/environment.json", "environment").get<std::string>(), marked);
  EXPECT_THAT(mark_of("run/summary.json", "versions").get<std::string>(), marked);
  EXPECT_THAT(file("run/report.html"), marked);
  // Without the flag, by the same build: the mark stays.
  ASSERT_EQ(resume("--set training.epochs=3").exit_code, 0);
  EXPECT_THAT(mark_of("run/summary.json", "versions").get<std::string>(), marked);
}

TEST_F(AnotherBuild, MayHaveOtherKernels) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  come_from("kernels", "plain");
  ASSERT_EQ(resume("--set training.epochs=2").exit_code, 0);
  EXPECT_EQ(mark_of("run/summary.json", "versions"), "");
}

}  // namespace
}  // namespace lockstep

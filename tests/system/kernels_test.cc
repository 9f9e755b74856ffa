// The promise as a user sees it: hosts with other CPUs train together, to the same weights.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// The program's arguments `train`, with these kernels and one thread.
std::string with_kernels(const std::string& kernels, const std::string& train) {
  return fmt::format("env LOCKSTEP_KERNELS={} {} {} --threads 1", kernels, LOCKSTEP_WITH_FAULTS,
                     train);
}

class Kernels : public ProgramFixture {
 protected:
  // Trains on two ranks with kernels of their own; `fault` is one of faulty_main.cc's, or "".
  [[nodiscard]] ProgramResult train(const std::string& of_first, const std::string& of_second,
                                    const std::string& arguments,
                                    const std::string& fault = "") const {
    const std::string train = "train job.textproto " + arguments;
    return run_program(fmt::format("cd {} && LOCKSTEP_FAULT='{}' {} : -n 1 {}", directory_.string(),
                                   fault, on_ranks(1, with_kernels(of_first, train)),
                                   with_kernels(of_second, train)));
  }
  // The best kernels of this CPU.
  [[nodiscard]] std::string best() const {
    const std::string version = run("--version").out;
    for (const char* kernels : {"avx512bf16", "avx512", "avx2"}) {
      if (version.find(fmt::format("kernels   {}\n", kernels)) != std::string::npos) return kernels;
    }
    return "plain";
  }
  [[nodiscard]] std::string digest(const std::string& run) const {
    return json::parse(file(run + "/summary.json"))["weights_digest"];
  }
  // Those that rank 0 computed with.
  [[nodiscard]] std::string kernels_of(const std::string& run) const {
    return json::parse(file(run + "/environment.json"))["environment"]["kernels"];
  }
};

TEST_F(Kernels, OfTwoKindsTrainTogetherAndResumeEachOther) {
  const std::string best = this->best();
  const std::string other = best == "avx2" ? "plain" : "avx2";
  ASSERT_EQ(train(best, best, "--run-dir alike").exit_code, 0);
  const std::string expected = digest("alike");

  const auto mixed = train(other, best, "--run-dir mixed");
  ASSERT_EQ(mixed.exit_code, 0) << mixed.err;
  EXPECT_EQ(digest("mixed"), expected);

  ASSERT_EQ(train(other, other, "--run-dir run", "1 7 terminate").exit_code, 75);
  EXPECT_EQ(kernels_of("run"), other);
  const auto resumed = train(best, other, "--run-dir run --resume must");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(kernels_of("run"), best);
  EXPECT_EQ(digest("run"), expected);
}

TEST_F(Kernels, OfTwoKindsTrainTogetherInBfloat16) {
  const std::string precision = " --set training.precision=BFLOAT16";
  const auto alike = train(best(), best(), "--run-dir alike" + precision);
  ASSERT_EQ(alike.exit_code, 0) << alike.err;
  const auto mixed = train("plain", best(), "--run-dir mixed" + precision);
  ASSERT_EQ(mixed.exit_code, 0) << mixed.err;
  EXPECT_EQ(digest("mixed"), digest("alike"));
  EXPECT_THAT(mixed.err + mixed.out, HasSubstr("multiplies with plain instructions"));
  ASSERT_EQ(train(best(), best(), "--run-dir float").exit_code, 0);
  EXPECT_NE(digest("float"), digest("alike"));
}

TEST_F(Kernels, OfAnUnknownKindAreRefused) {
  for (const char* command : {"--version", "check job.textproto"}) {
    const auto result = run_program(fmt::format("cd {} && LOCKSTEP_KERNELS=sse {} {}",
                                                directory_.string(), LOCKSTEP_PROGRAM, command));
    EXPECT_EQ(result.exit_code, 2) << command;
    EXPECT_THAT(result.err, HasSubstr("LOCKSTEP_KERNELS=sse: expected plain, avx2, avx512"))
        << command;
  }
}

}  // namespace
}  // namespace lockstep

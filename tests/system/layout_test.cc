// The promise as a user sees it: files of runs at ranks x threads are the same.

#include <gtest/gtest.h>

#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/run_program.h"

namespace lockstep {
namespace {

using nlohmann::json;

// summary.json and metrics.jsonl without what depends on time and layout.
std::string results_of(const std::filesystem::path& run_dir) {
  std::string text;
  std::istringstream lines(text_of_file(run_dir / "metrics.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    json metrics = json::parse(line);
    metrics.erase("seconds");
    metrics.erase("examples_per_second");
    text += metrics.dump() + "\n";
  }
  json summary = json::parse(text_of_file(run_dir / "summary.json"));
  for (const char* name :
       {"seconds", "examples_per_second", "peak_memory_bytes", "ranks", "threads", "sessions"}) {
    EXPECT_TRUE(summary.contains(name)) << name;
    summary.erase(name);
  }
  return text + summary.dump();
}

TEST(Layouts, HaveTheSameResultsFiles) {
  const auto directory = make_tiny_directory();
  std::string first;
  for (const auto& [ranks, threads] :
       {std::pair{1, 1}, {1, 2}, {1, 3}, {2, 1}, {3, 1}, {4, 1}, {2, 2}, {3, 2}}) {
    const auto run_dir = directory / fmt::format("run-{}x{}", ranks, threads);
    const auto result = run_program(on_ranks(
        ranks, fmt::format("{} train {}/job.textproto --threads {} --run-dir {}", LOCKSTEP_PROGRAM,
                           directory.string(), threads, run_dir.string())));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string results = results_of(run_dir);
    EXPECT_NE(results.find("\"stop_reason\""), std::string::npos);
    if (first.empty()) first = results;
    EXPECT_EQ(results, first) << ranks << " x " << threads;
  }
  const auto other = directory / "other-seed";
  const auto result =
      run_program(fmt::format("{} train {}/job.textproto --threads 1 --set seed=8 --run-dir {}",
                              LOCKSTEP_PROGRAM, directory.string(), other.string()));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(results_of(other), first) << "negative control: another seed must be seen";
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace lockstep

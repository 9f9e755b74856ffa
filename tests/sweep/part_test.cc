#include "sweep/part.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "config/job_file.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kFeatures = 10;

// Trials of networks with a hidden layer of these units.
std::vector<Trial> trials_with(const std::vector<std::uint32_t>& units) {
  std::vector<Trial> trials;
  for (const std::uint32_t width : units) {
    Trial trial;
    trial.number = static_cast<std::uint32_t>(trials.size());
    trial.loaded.job = parse_job(
                           "name: 'j' data { train { synthetic { examples: 16 teacher { "
                           "features: 10 classes: 2 } } } } network { layer { units: " +
                               std::to_string(width) +
                               " } output { units: 2 } } optimizer { adam { learning_rate: "
                               "0.1 } } training { batch_size: 16 epochs: 3 }",
                           "job", ".", {})
                           .job;
    trials.push_back(trial);
  }
  return trials;
}

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return error.what();
  }
  return "";
}

TEST(Part, IsReadFromText) {
  EXPECT_EQ(part_text(parse_part("1/1")), "1/1");
  EXPECT_EQ(part_text(parse_part("12/30")), "12/30");
  for (const char* wrong : {"", "2", "/", "0/3", "4/3", "a/3", "2/b", "2/3/4", "-1/3", "1.0/2",
                            " 1/2", "1/2 ", "+1/2", "1/99999999999", "0/0"}) {
    EXPECT_THAT(refusal([&] { parse_part(wrong); }),
                HasSubstr(std::string("--part ") + wrong + " is not a part of a sweep"));
  }
}

TEST(Part, EveryTrialIsInExactlyOne) {
  for (std::size_t count = 1; count <= 17; ++count) {
    std::vector<std::uint32_t> units(count);
    for (std::size_t i = 0; i < count; ++i) units[i] = 1 + static_cast<std::uint32_t>(i * i) % 7;
    const auto trials = trials_with(units);
    std::vector<std::uint32_t> expected(count);
    std::iota(expected.begin(), expected.end(), 0U);
    for (std::uint32_t parts = 1; parts <= count; ++parts) {
      std::vector<std::uint32_t> all;
      for (std::uint32_t number = 1; number <= parts; ++number) {
        const auto own = trials_of_part({number, parts}, trials, kFeatures);
        EXPECT_FALSE(own.empty()) << number << "/" << parts;
        EXPECT_TRUE(std::ranges::is_sorted(own));
        all.insert(all.end(), own.begin(), own.end());
      }
      std::ranges::sort(all);
      EXPECT_EQ(all, expected) << parts << " parts of " << count << " trials";
    }
  }
}

// Numbers modulo 2 would give both wide networks to the second part.
TEST(Part, SharesTheWorkAndNotOnlyTheTrials) {
  const auto trials = trials_with({8, 800, 8, 800});
  const auto first = trials_of_part({1, 2}, trials, kFeatures);
  const auto second = trials_of_part({2, 2}, trials, kFeatures);
  EXPECT_THAT(first, ElementsAre(0, 1));
  EXPECT_THAT(second, ElementsAre(2, 3));
}

TEST(Part, IsRefusedWhereTrialsAreComparedDuringTraining) {
  SweepConfig sweep{};
  const auto trials = trials_with({8, 8});
  sweep.termination = MedianRule{2, 1};
  EXPECT_THAT(refusal([&] {
                check_part({1, 2}, sweep, trials);
              }),
              HasSubstr("a sweep with median has no parts"));
  sweep.termination = SuccessiveHalving{2, 1};
  EXPECT_THAT(refusal([&] {
                check_part({1, 2}, sweep, trials);
              }),
              HasSubstr("a sweep with successive_halving has no parts"));
  sweep.termination = NoTermination{};
  EXPECT_EQ(refusal([&] { check_part({2, 2}, sweep, trials); }), "");
  EXPECT_THAT(refusal([&] {
                check_part({1, 3}, sweep, trials);
              }),
              HasSubstr("the sweep has 2 trials, so it has at most 2 parts"));
}

}  // namespace
}  // namespace lockstep

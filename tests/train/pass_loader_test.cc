#include "train/pass_loader.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// 101 examples of 2 x 3 pixels in 4 shards, 7 rows of each in a step.
Dataset dataset(bool augments) {
  Dataset data;
  data.geometry = {101, 4, 7};
  data.features = 6;
  data.label_width = 1;
  data.own_shards = {0, 4};
  data.train.features = 6;
  data.train.label_width = 1;
  data.shard_rows.resize(4);
  for (std::uint32_t i = 0; i < 101; ++i) {
    for (std::uint32_t j = 0; j < 6; ++j) data.train.values.push_back(std::byte(i + 20 * j));
    data.train.labels.push_back(static_cast<float>(i % 5));
    data.train.ids.push_back(1000 + i);
    data.shard_rows[i % 4].push_back(i);
  }
  if (augments) {
    AugmentationSpec spec;
    spec.shape = {1, 2, 3};
    spec.horizontal_flip = {0.5};
    spec.brightness = {1, 0.5};
    data.augmentation = spec;
  }
  return data;
}

struct Loaded {
  std::vector<std::uint32_t> ids;
  std::vector<float> labels;
  std::vector<float> inputs;
  bool operator==(const Loaded&) const = default;
};

// `shards` of `steps` steps, one after the other, with so many helpers.
std::vector<Loaded> load(const Dataset& data, Range shards, const std::vector<std::uint64_t>& steps,
                         int helper_threads) {
  HelperPool helpers(helper_threads);
  PassLoader<float> loader(data, shards, 5, helpers, 1);
  PhaseClock clock;
  std::vector<Loaded> all;
  for (const std::uint64_t step : steps) {
    const auto passes = passes_of_step(data.geometry, shards, step);
    const auto later = passes_of_step(data.geometry, shards, step + 1);
    for (std::size_t i = 0; i < passes.size(); ++i) {
      Loaded& loaded = all.emplace_back();
      loaded.inputs.resize(passes[i].rows() * data.features);
      const bool at_end = i + 1 == passes.size();
      loader.load(passes[i],
                  !at_end         ? std::optional(passes[i + 1])
                  : later.empty() ? std::nullopt
                                  : std::optional(later.front()),
                  {loaded.inputs.data(), passes[i].rows(), data.features}, clock);
      loaded.ids.assign(loader.ids().begin(), loader.ids().end());
      const auto labels = loader.labels().values();
      loaded.labels.assign(labels.begin(), labels.end());
    }
  }
  return all;
}

TEST(PassLoader, PassesOfAnEpochHaveEveryExampleOnce) {
  const Dataset data = dataset(false);
  std::multiset<std::uint32_t> ids;
  for (const Loaded& loaded : load(data, {0, 4}, {0, 1, 2, 3}, 0)) {
    ids.insert(loaded.ids.begin(), loaded.ids.end());
  }
  EXPECT_EQ(ids.size(), 101U);
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 101U);
}

TEST(PassLoader, LargeShardsGoInSeveralPasses) {
  const BatchGeometry geometry{2000, 2, 600};
  const auto passes = passes_of_step(geometry, {0, 2}, 0);
  ASSERT_EQ(passes.size(), 3U);
  EXPECT_EQ(passes[0], (Pass{0, {{0, {0, 256}, true, false}, {0, {256, 512}, false, false}}}));
  EXPECT_EQ(passes[1], (Pass{0, {{0, {512, 600}, false, true}, {1, {0, 256}, true, false}}}));
  EXPECT_EQ(passes[2], (Pass{0, {{1, {256, 512}, false, false}, {1, {512, 600}, false, true}}}));
}

TEST(PassLoader, SmallShardsGoTogetherAndTheirSegmentsFollowEachOther) {
  // Shard 0 has 3 examples, the others 2: in the second step it alone has one left.
  const BatchGeometry geometry{7, 3, 2};
  const auto first = passes_of_step(geometry, {0, 3}, 0);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].segments(), (std::vector<Range>{{0, 2}, {2, 4}, {4, 6}}));
  const auto second = passes_of_step(geometry, {0, 3}, 1);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].rows(), 1U);
  EXPECT_EQ(second[0].shards[2], (ShardRows{2, {2, 2}, true, true}));
}

TEST(PassLoader, TheSameWithAnyNumberOfHelpers) {
  for (const bool augments : {false, true}) {
    const Dataset data = dataset(augments);
    // Two epochs, and the uneven step at the end of each.
    const std::vector<std::uint64_t> steps = {0, 1, 2, 3, 4, 5, 6, 7};
    const auto alone = load(data, {0, 4}, steps, 0);
    EXPECT_EQ(load(data, {0, 4}, steps, 1), alone);
    EXPECT_EQ(load(data, {0, 4}, steps, 2), alone);
    // A worker of some of the shards.
    EXPECT_EQ(load(data, {1, 3}, steps, 1), load(data, {1, 3}, steps, 0));
  }
}

TEST(PassLoader, WhatWasLoadedInVainIsDropped) {
  // Back, ahead, the same again: never what the helper expects.
  const Dataset data = dataset(true);
  const std::vector<std::uint64_t> steps = {6, 2, 2, 5, 0, 7};
  EXPECT_EQ(load(data, {0, 4}, steps, 1), load(data, {0, 4}, steps, 0));
}

TEST(PassLoader, AnEpochIsAugmentedAnewAndTheDataIsNot) {
  const Dataset data = dataset(true);
  const Dataset plain = dataset(false);
  const auto of_id = [](const std::vector<Loaded>& all, std::uint32_t id) {
    for (const Loaded& loaded : all) {
      for (std::size_t i = 0; i < loaded.ids.size(); ++i) {
        if (loaded.ids[i] != id) continue;
        return std::vector(loaded.inputs.begin() + static_cast<std::ptrdiff_t>(6 * i),
                           loaded.inputs.begin() + static_cast<std::ptrdiff_t>(6 * i + 6));
      }
    }
    return std::vector<float>();
  };
  const auto first = load(data, {0, 4}, {0, 1, 2, 3}, 0);
  const auto second = load(data, {0, 4}, {4, 5, 6, 7}, 0);
  EXPECT_NE(of_id(first, 1050), of_id(second, 1050));
  EXPECT_EQ(of_id(load(plain, {0, 4}, {0, 1, 2, 3}, 0), 1050),
            of_id(load(plain, {0, 4}, {4, 5, 6, 7}, 0), 1050));
}

}  // namespace
}  // namespace lockstep

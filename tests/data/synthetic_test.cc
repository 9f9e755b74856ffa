// Points without files: keyed, whole at every layout, and with the errors that
// are claimed for them.

#include "data/synthetic.h"

#include <numbers>
#include <set>

#include <gtest/gtest.h>

#include "npy_files.h"

namespace lockstep {
namespace {

using Ids = std::vector<std::uint32_t>;

SyntheticSource spec_of(decltype(SyntheticSource::kind) kind, std::uint32_t examples = 1000,
                        std::uint32_t seed = 1, double label_noise = 0) {
  return {.examples = examples, .seed = seed, .label_noise = label_noise, .kind = kind};
}

BlobsSpec blobs(std::uint32_t classes, std::uint32_t features, double distance) {
  return {.classes = classes, .features = features, .distance = distance};
}

const std::vector<SyntheticSource>& every_kind() {
  static const std::vector<SyntheticSource> kinds = {
      spec_of(TwoSpiralsSpec{}), spec_of(blobs(4, 7, 3)), spec_of(blobs(2, 1, 2), 1000, 1, 0.2),
      spec_of(TeacherSpec{.features = 5, .layers = 2, .units = 6, .classes = 3})};
  return kinds;
}

TEST(Synthetic, APointDoesNotDependOnTheOthersThatAreMade) {
  for (const SyntheticSource& spec : every_kind()) {
    SyntheticExampleSource source(spec);
    EXPECT_EQ(source.info().examples, 1000U);
    EXPECT_EQ(source.info().type, ElementType::f32);
    const Examples all = source.read(ids_below(1000));
    const Ids ids = {3, 500, 999};
    const Examples some = SyntheticExampleSource(spec).read(ids);
    EXPECT_EQ(some.ids, ids);
    const auto features = static_cast<std::size_t>(source.info().features);
    const auto values = values_as<float>(all);
    const auto some_values = values_as<float>(some);
    for (std::size_t k = 0; k < ids.size(); ++k) {
      EXPECT_EQ(some.labels[k], all.labels[ids[k]]);
      for (std::size_t j = 0; j < features; ++j) {
        EXPECT_EQ(some_values[k * features + j], values[ids[k] * features + j]);
      }
    }
    EXPECT_EQ(source.read_labels(), all.labels);
    std::set<float> labels(all.labels.begin(), all.labels.end());
    EXPECT_EQ(labels.size(), source.info().classes) << "every class occurs";
    EXPECT_EQ(*labels.rbegin() + 1, static_cast<float>(source.info().classes.value_or(0)));
  }
}

TEST(Synthetic, AnotherSeedHasOtherPointsAndMoreExamplesTheSameOnes) {
  for (SyntheticSource spec : every_kind()) {
    const Examples some = SyntheticExampleSource(spec).read(Ids{0, 1, 2});
    spec.examples = 4'294'967'295;  // and none of them made but those asked for
    SyntheticExampleSource many(spec);
    EXPECT_EQ(many.read(Ids{0, 1, 2}).values, some.values);
    EXPECT_EQ(many.read(Ids{4'294'967'294}).size(), 1U);
    spec.seed = 2;
    EXPECT_NE(SyntheticExampleSource(spec).read(Ids{0, 1, 2}).values, some.values);
  }
}

TEST(Synthetic, TheFingerprintIsOfWhatDecidesThePoints) {
  const auto fingerprint = [](const SyntheticSource& spec) {
    return SyntheticExampleSource(spec).fingerprint();
  };
  std::set<std::uint64_t> all;
  const std::vector<decltype(SyntheticSource::kind)> kinds = {
      TwoSpiralsSpec{1, 0.5},
      TwoSpiralsSpec{1.5, 0.5},
      TwoSpiralsSpec{1, 0.25},
      blobs(3, 4, 1),
      blobs(2, 4, 1),
      blobs(3, 5, 1),
      blobs(3, 4, 2),
      TeacherSpec{},
      TeacherSpec{.features = 17},
      TeacherSpec{.layers = 2},
      TeacherSpec{.units = 17},
      TeacherSpec{.classes = 3},
      TeacherSpec{.gain = 3},
      TeacherSpec{.seed = 2},
  };
  for (const auto& kind : kinds) all.insert(fingerprint(spec_of(kind)));
  for (const SyntheticSource& other : {spec_of(TeacherSpec{}, 999), spec_of(TeacherSpec{}, 1000, 2),
                                       spec_of(TeacherSpec{}, 1000, 1, 0.25)}) {
    all.insert(fingerprint(other));
  }
  EXPECT_EQ(all.size(), kinds.size() + 3);
  EXPECT_EQ(fingerprint(spec_of(kinds[0])), fingerprint(spec_of(kinds[0])));
}

TEST(Synthetic, LabelNoiseReplacesItsShareByEveryOtherClass) {
  constexpr std::uint32_t kPoints = 40000;
  SyntheticExampleSource clean(spec_of(blobs(3, 2, 1), kPoints));
  SyntheticExampleSource noisy(spec_of(blobs(3, 2, 1), kPoints, 1, 0.3));
  EXPECT_EQ(clean.read(Ids{5, 6}).values, noisy.read(Ids{5, 6}).values);
  const auto truth = clean.read_labels();
  const auto labels = noisy.read_labels();
  std::array<double, 3> shares = {};
  for (std::size_t i = 0; i < kPoints; ++i) {
    shares[static_cast<std::size_t>(labels[i] - truth[i] + 3) % 3] += 1.0 / kPoints;
  }
  // Five standard deviations of a share of 0.15 are 0.009.
  EXPECT_NEAR(shares[0], 0.7, 0.012);
  EXPECT_NEAR(shares[1], 0.15, 0.009);
  EXPECT_NEAR(shares[2], 0.15, 0.009);
}

TEST(Synthetic, BestErrorWithLabelNoise) {
  EXPECT_DOUBLE_EQ(with_label_noise(0.1, 0, 2), 0.1);
  EXPECT_DOUBLE_EQ(with_label_noise(0, 0.2, 5), 0.2);
  EXPECT_DOUBLE_EQ(with_label_noise(0.1, 0.2, 2), 0.9 * 0.2 + 0.1 * 0.8);
  // Labels that say nothing: as good as a guess, however easy the truth.
  EXPECT_DOUBLE_EQ(with_label_noise(0.3, 0.75, 4), 0.75);
  EXPECT_EQ(SyntheticExampleSource(spec_of(TwoSpiralsSpec{1, 0}, 10, 1, 0.1)).info().bayes_error,
            0.1);
  EXPECT_EQ(SyntheticExampleSource(spec_of(TwoSpiralsSpec{})).info().bayes_error, std::nullopt);
  EXPECT_EQ(SyntheticExampleSource(spec_of(TeacherSpec{}, 10, 1, 0.25)).info().bayes_error, 0.25);
}

}  // namespace
}  // namespace lockstep

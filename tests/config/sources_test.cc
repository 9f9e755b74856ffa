// What holds for a source of data holds for it in every set.

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_text.h"

namespace lockstep {
namespace {

using testing::UnorderedElementsAre;

const std::vector<std::string> kSets = {"train", "dev", "test", "held_out"};

// A job with `train` as its training source and `source` as the set `set`; for
// "train" itself `source` is both.
std::string job_with(const std::string& set, const std::string& train, const std::string& source) {
  std::string data = "train { " + (set == "train" ? source : train) + " }";
  if (set != "train") data += set + " { " + source + " }";
  std::string split = "train_dev { count: 1 } by_group: true";
  if (set == "held_out") split += " dev { fraction: 0.5 }";
  return "name: 'job' data { dev_and_test_from: ONE_DISTRIBUTION " + data + " split { " + split +
         " } } network { output { units: 2 } } optimizer { adam { } } "
         "training { batch_size: 64 epochs: 5 }";
}

// What stands between the quotes of a text that begins with `directory`.
std::multiset<std::string> strings_in(const std::string& text, const std::string& directory) {
  std::multiset<std::string> found;
  for (std::size_t at = text.find("\"" + directory); at != std::string::npos;
       at = text.find("\"" + directory, at + 1)) {
    found.insert(text.substr(at + 1, text.find('"', at + 1) - at - 1));
  }
  return found;
}

const std::string kTable =
    " table { column { index: 1 role: LABEL } column { index: 2 role: GROUP } }";

TEST(SourcesOfEverySet, PathsStartAtTheJobFile) {
  for (const std::string& set : kSets) {
    SCOPED_TRACE(set);
    const std::string plain = "idx { features: '/t/x' labels: '/t/y' }";
    const auto paths = [&](const std::string& source, const std::string& train) {
      const std::string text = parse(job_with(set, train, source)).resolved_text;
      EXPECT_THAT(strings_in(text, "own/"), testing::IsEmpty());
      return strings_in(text, "/jobs/own/");
    };
    EXPECT_THAT(paths("idx { features: 'own/x' labels: 'own/a/../y' groups: './own/g' }", plain),
                UnorderedElementsAre("/jobs/own/x", "/jobs/own/y", "/jobs/own/g"));
    EXPECT_THAT(paths("npy { features: 'own/x' labels: 'own/y' groups: 'own/g' }", plain),
                UnorderedElementsAre("/jobs/own/x", "/jobs/own/y", "/jobs/own/g"));
    EXPECT_THAT(paths("libsvm { file: 'own/a' }", plain), UnorderedElementsAre("/jobs/own/a"));
    EXPECT_THAT(paths("cifar { file { path: 'own/1' } file { path: 'own/2' } }", plain),
                UnorderedElementsAre("/jobs/own/1", "/jobs/own/2"));
    EXPECT_THAT(paths("csv { file: 'own/a'" + (set == "train" ? kTable : "") + " }",
                      "csv { file: '/t/a' " + kTable + " }"),
                UnorderedElementsAre("/jobs/own/a"));
  }
}

const DataSource& source_of(const Job& job, const std::string& set) {
  if (set == "train") return job.data.train;
  if (set == "dev") return job.data.dev.value();
  return set == "test" ? job.data.test.value() : job.data.held_out.value();
}

TEST(SourcesOfEverySet, EveryFieldOfEveryFormatArrives) {
  for (const std::string& set : kSets) {
    SCOPED_TRACE(set);
    const auto source = [&](const std::string& text) {
      return source_of(parse(job_with(set, "idx { features: '/t/x' labels: '/t/y' }",
                                      text + " corruption { gaussian_noise: 0.5 seed: 9 }"))
                           .job,
                       set);
    };
    const auto idx = source("idx { features: '/x' labels: '/y' groups: '/g' }");
    EXPECT_EQ(std::get<IdxSource>(idx.format).features, "/x");
    EXPECT_EQ(std::get<IdxSource>(idx.format).labels, "/y");
    EXPECT_EQ(std::get<IdxSource>(idx.format).groups, "/g");
    EXPECT_EQ(idx.corruption.value().gaussian_noise, 0.5);
    EXPECT_EQ(idx.corruption->seed, 9U);
    const auto npy = source("npy { features: '/x' labels: '/y' groups: '/g' channels_last: true }");
    EXPECT_EQ(std::get<NpySource>(npy.format).features, "/x");
    EXPECT_EQ(std::get<NpySource>(npy.format).labels, "/y");
    EXPECT_EQ(std::get<NpySource>(npy.format).groups, "/g");
    EXPECT_TRUE(std::get<NpySource>(npy.format).channels_last);
    const auto libsvm = source("libsvm { file: '/a' features: 7 }");
    EXPECT_EQ(std::get<LibsvmSource>(libsvm.format).file, "/a");
    EXPECT_EQ(std::get<LibsvmSource>(libsvm.format).features, 7U);
    const auto cifar = source("cifar { file { path: '/1' } kind: CIFAR_100_FINE }");
    EXPECT_EQ(std::get<CifarSource>(cifar.format).files.size(), 1U);
    EXPECT_EQ(std::get<CifarSource>(cifar.format).kind, CifarKind::cifar100_fine);
  }
}

TEST(SourcesOfEverySet, EveryFieldOfEveryKindOfPointsArrives) {
  for (const std::string& set : kSets) {
    SCOPED_TRACE(set);
    const auto source = [&](const std::string& kind) {
      const Job job =
          parse(job_with(set, "idx { features: '/t/x' labels: '/t/y' }",
                         "synthetic { examples: 5 seed: 6 label_noise: 0.25 " + kind + " }"))
              .job;
      const auto synthetic = std::get<SyntheticSource>(source_of(job, set).format);
      EXPECT_EQ(synthetic.examples, 5U);
      EXPECT_EQ(synthetic.seed, 6U);
      EXPECT_EQ(synthetic.label_noise, 0.25);
      return synthetic.kind;
    };
    const auto spirals = std::get<TwoSpiralsSpec>(source("two_spirals { turns: 3 noise: 0.5 }"));
    EXPECT_EQ(spirals.turns, 3);
    EXPECT_EQ(spirals.noise, 0.5);
    const auto blobs = std::get<BlobsSpec>(source("blobs { classes: 3 features: 4 distance: 7 }"));
    EXPECT_EQ(blobs.classes, 3U);
    EXPECT_EQ(blobs.features, 4U);
    EXPECT_EQ(blobs.distance, 7);
    const auto teacher = std::get<TeacherSpec>(
        source("teacher { features: 3 layers: 4 units: 8 classes: 7 gain: 9 seed: 11 }"));
    EXPECT_EQ(teacher.features, 3U);
    EXPECT_EQ(teacher.layers, 4U);
    EXPECT_EQ(teacher.units, 8U);
    EXPECT_EQ(teacher.classes, 7U);
    EXPECT_EQ(teacher.gain, 9);
    EXPECT_EQ(teacher.seed, 11U);
  }
}

// Dev, test and held_out write labels, header and delimiter as train does, each of
// them unless it says how.
TEST(SourcesOfEverySet, WhatIsNotSaidIsTheTrainingSources) {
  const std::string train =
      "csv { file: '/t/a' header: false delimiter: ';'" + kTable + " } label_coding: ONE_BASED";
  for (const std::string set : {"dev", "test", "held_out"}) {
    SCOPED_TRACE(set);
    const auto check = [&](const std::string& source, bool header, char delimiter,
                           LabelCoding coding) {
      SCOPED_TRACE(source);
      const Job job = parse(job_with(set, train, source)).job;
      const DataSource& own = source_of(job, set);
      EXPECT_EQ(std::get<CsvSource>(own.format).dialect.header, header);
      EXPECT_EQ(std::get<CsvSource>(own.format).dialect.delimiter, delimiter);
      EXPECT_EQ(own.label_coding, coding);
    };
    check("csv { file: 'd' }", false, ';', LabelCoding::one_based);
    check("csv { file: 'd' header: true }", true, ';', LabelCoding::one_based);
    check("csv { file: 'd' delimiter: ',' }", false, ',', LabelCoding::one_based);
    check("csv { file: 'd' } label_coding: AS_IS", false, ';', LabelCoding::as_is);
    check("csv { file: 'd' header: true delimiter: ',' } label_coding: MINUS_ONE_PLUS_ONE", true,
          ',', LabelCoding::minus_one_plus_one);
  }
}

}  // namespace
}  // namespace lockstep

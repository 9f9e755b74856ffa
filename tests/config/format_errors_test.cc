// What a user is told about a source of data that cannot be used; and what
// sources of data become.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_text.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

// The small job with this source, and perhaps more of its data.
std::string with_source(const std::string& source, const std::string& more = "") {
  return with(kSmallJob, R"(train { idx { features: "x.gz" labels: "y.gz" } })",
              "train { " + source + " } " + more);
}

// The one problem, without its place.
std::string problem(const std::string& source, const std::string& more = "") {
  std::string text = problems_of(with_source(source, more));
  if (text.empty() || text.find('\n') != std::string::npos) return text;
  return text.substr(text.find(": ") + 2);
}

TEST(FormatErrors, EveryFormatCanBeComplete) {
  for (const char* source :
       {R"(libsvm { file: "a" })", R"(libsvm { file: "a" features: 3 } label_coding: ONE_BASED)",
        R"(npy { features: "a" labels: "b" channels_last: true })",
        R"(cifar { file { path: "a" } file { path: "b" } kind: CIFAR_100_COARSE })",
        "synthetic { examples: 1 two_spirals {} }",
        "synthetic { examples: 4294967295 label_noise: 0.74 blobs { classes: 4 features: 3 } }",
        "synthetic { examples: 9 teacher { layers: 0 } } corruption { gaussian_noise: 1 }"}) {
    EXPECT_EQ(problem(source), "") << source;
  }
}

TEST(FormatErrors, Libsvm) {
  EXPECT_EQ(problem("libsvm { }"),
            "data.train.libsvm.file is missing; expected the path of a libsvm file");
  EXPECT_EQ(problem(R"(libsvm { file: "" })"),
            "data.train.libsvm.file is \"\"; expected the path of a libsvm file");
  EXPECT_EQ(problem(R"(libsvm { file: "a" features: 0 })"),
            "data.train.libsvm.features is 0; expected at least 1");
  EXPECT_EQ(problem(R"(libsvm { file: "a" } idx { features: "x" labels: "y" })"),
            "data.train.idx excludes data.train.libsvm (given at line 3); remove one");
}

TEST(FormatErrors, Npy) {
  EXPECT_EQ(problem(R"(npy { features: "x.npy" })"),
            "data.train.npy.labels is missing; expected the path of an NPY file");
  EXPECT_EQ(problem(R"(npy { features: "x" labels: "y" groups: "g" })"),
            "data.train.npy.groups is for data.split.by_group: true; set it, or remove this");
}

TEST(FormatErrors, Cifar) {
  EXPECT_THAT(problem("cifar { }"), HasSubstr("data.train.cifar.file is missing; expected"));
  EXPECT_EQ(
      problem("cifar { file { } }"),
      "data.train.cifar.file[0].path is missing; expected the path of a file of CIFAR's binary "
      "version");
  EXPECT_EQ(
      problem(R"(cifar { file { path: "a" } file { path: "b" } file { path: "a" } })"),
      "data.train.cifar.file[2].path is the same as that of data.train.cifar.file[0]; remove one");
  EXPECT_THAT(problem(R"(cifar { file { path: "a" } kind: CIFAR_11 })"),
              HasSubstr("did you mean CIFAR_10?"));
}

TEST(FormatErrors, Synthetic) {
  EXPECT_EQ(problem("synthetic { two_spirals {} }"),
            "data.train.synthetic.examples is missing; expected how many there are");
  EXPECT_EQ(problem("synthetic { examples: 0 two_spirals {} }"),
            "data.train.synthetic.examples is 0; expected at least 1");
  EXPECT_EQ(problem("synthetic { examples: 5 }"),
            "data.train.synthetic has no kind; expected one of two_spirals, blobs, teacher");
  EXPECT_EQ(problem("synthetic { examples: 5 two_spirals { turns: 0 } }"),
            "data.train.synthetic.two_spirals.turns is 0; expected a finite number above 0");
  EXPECT_EQ(problem("synthetic { examples: 5 two_spirals { noise: -1 } }"),
            "data.train.synthetic.two_spirals.noise is -1; expected a finite number, 0 or more");
  EXPECT_EQ(problem("synthetic { examples: 5 blobs { classes: 1 } }"),
            "data.train.synthetic.blobs.classes is 1; expected at least 2");
  EXPECT_EQ(
      problem("synthetic { examples: 5 blobs { classes: 5 features: 3 } }"),
      "data.train.synthetic.blobs.features is 3; expected at least 4, in which 5 centres can be "
      "equally far from each other");
  EXPECT_EQ(problem("synthetic { examples: 5 teacher { gain: 0 } }"),
            "data.train.synthetic.teacher.gain is 0; expected a finite number above 0");
  EXPECT_EQ(problem("synthetic { examples: 5 label_noise: 0.5 two_spirals {} }"),
            "data.train.synthetic.label_noise is 0.5; expected a number from 0 to below 0.5, where "
            "labels would be random");
  EXPECT_EQ(
      problem("synthetic { examples: 5 two_spirals {} } label_coding: ONE_BASED"),
      "data.train.label_coding is ONE_BASED, but the labels of a synthetic source are classes "
      "from 0; remove it");
}

TEST(FormatErrors, SetsThatWouldShareExamples) {
  const std::string shared = " would share their examples";
  EXPECT_THAT(problem(R"(libsvm { file: "a" })", R"(dev { libsvm { file: "a" features: 3 } })"),
              HasSubstr(shared));
  EXPECT_THAT(problem("synthetic { examples: 5 two_spirals {} }",
                      "dev { synthetic { examples: 7 two_spirals { noise: 0.1 } } }"),
              HasSubstr(shared + ": give it another seed"));
  EXPECT_EQ(problem("synthetic { examples: 5 two_spirals {} }",
                    "dev { synthetic { examples: 5 seed: 2 two_spirals {} } }"),
            "");
  EXPECT_THAT(problem(R"(idx { features: "x" labels: "y" })",
                      R"(dev { idx { features: "x" labels: "y" } label_coding: ONE_BASED })"),
              HasSubstr(shared));
}

TEST(FormatErrors, AFileThatTwoSetsShareIsNamed) {
  const std::string expected =
      "data.dev and data.train both have the file /jobs/b; the sets would share its examples: "
      "remove it from one of them";
  const std::string train = R"(cifar { file { path: "a" } file { path: "b" } })";
  const auto dev = [](const std::string& files) { return "dev { cifar { " + files + " } }"; };
  EXPECT_EQ(problem(train, dev(R"(file { path: "c" } file { path: "b" })")), expected);
  EXPECT_EQ(problem(train, dev(R"(file { path: "b" })")), expected);
  EXPECT_EQ(problem(train, dev(R"(file { path: "c" })")), "");
  EXPECT_THAT(problem(R"(cifar { file { path: "b" } })", dev(R"(file { path: "b" })")),
              HasSubstr("data.dev is the same source as data.train"));
}

TEST(Formats, PathsAreRelativeToTheJobFile) {
  const std::string text =
      parse(with_source(R"(cifar { file { path: "b/1" } file { path: "/c/2" } })",
                        R"(dev { npy { features: "x" labels: "y" } }
                           test { libsvm { file: "../t" } } dev_and_test_from: ONE_DISTRIBUTION)"))
          .resolved_text;
  for (const char* path : {"\"/jobs/b/1\"", "\"/c/2\"", "\"/jobs/x\"", "\"/jobs/y\"", "\"/t\""}) {
    EXPECT_THAT(text, HasSubstr(path));
  }
}

TEST(Formats, OtherSetsWriteTheirLabelsAsTheTrainingSetUnlessTheySayHow) {
  const Job job = parse(with_source(R"(libsvm { file: "a" } label_coding: MINUS_ONE_PLUS_ONE)",
                                    R"(dev { libsvm { file: "b" } }
                           test { libsvm { file: "c" } label_coding: AS_IS }
                           dev_and_test_from: ONE_DISTRIBUTION)"))
                      .job;
  EXPECT_EQ(job.data.train.label_coding, LabelCoding::minus_one_plus_one);
  EXPECT_EQ(job.data.dev.value().label_coding, LabelCoding::minus_one_plus_one);
  EXPECT_EQ(job.data.test.value().label_coding, LabelCoding::as_is);
  const Job plain = parse(with_source(R"(libsvm { file: "a" })",
                                      "dev { synthetic { examples: 5 two_spirals {} } }"))
                        .job;
  EXPECT_EQ(plain.data.train.label_coding, LabelCoding::as_is);
  EXPECT_EQ(plain.data.dev.value().label_coding, LabelCoding::as_is);
}

TEST(Formats, OverridesReachFilesByTheirNumber) {
  const Job job = parse(with_source(R"(cifar { file { path: "a" } file { path: "b" } })"),
                        {"data.train.cifar.file[1].path=/d/c"})
                      .job;
  const auto& files = std::get<CifarSource>(job.data.train.format).files;
  EXPECT_EQ(files, (std::vector<std::filesystem::path>{"/jobs/a", "/d/c"}));
}

}  // namespace
}  // namespace lockstep

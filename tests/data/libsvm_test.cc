#include "data/libsvm.h"

#include <clocale>

#include <gmock/gmock.h>

#include "npy_files.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::uint32_t>;

class LibsvmTest : public testing::Test {
 protected:
  [[nodiscard]] LibsvmExampleSource open(const std::string& content,
                                         const LibsvmFeatures& features = {},
                                         bool labelled = true) const {
    return {directory.write("a.txt", content), features, labelled};
  }
  // The message, with the directory left out.
  [[nodiscard]] std::string error(const std::string& content, const LibsvmFeatures& features = {},
                                  bool labelled = true) const {
    Thrown thrown = error_of([&] { static_cast<void>(open(content, features, labelled)); });
    EXPECT_EQ(thrown.code, ExitCode::data);
    const std::string path = (directory.path() / "").string();
    for (auto at = thrown.message.find(path); at != std::string::npos;
         at = thrown.message.find(path)) {
      thrown.message.erase(at, path.size());
    }
    return thrown.message;
  }

  TemporaryDirectory directory;
  const std::string good =
      "# two classes\n"
      "+1 1:0.5 3:-2 # the first\n"
      "\n"
      "-1\t2:1e-3\r\n"
      "  0.5\n"
      "3 1:1 2:2 4:+4";
};

TEST_F(LibsvmTest, ReadsTheRowsAskedForDense) {
  for (const std::string& content : {good, gzip(good)}) {
    LibsvmExampleSource source = open(content);
    EXPECT_EQ(source.info().examples, 4U);
    EXPECT_EQ(source.info().features, 4U);
    EXPECT_EQ(source.info().label_width, 1U);
    EXPECT_EQ(source.info().type, ElementType::f32);
    EXPECT_EQ(source.read_labels(), (std::vector<float>{1, -1, 0.5, 3}));
    EXPECT_EQ(values_as<float>(source.read(Ids{0, 1, 2, 3})),
              (std::vector<float>{0.5, 0, -2, 0, 0, 1e-3F, 0, 0, 0, 0, 0, 0, 1, 2, 0, 4}));
    const Examples some = source.read(Ids{1, 3});
    EXPECT_EQ(some.labels, (std::vector<float>{-1, 3}));
    EXPECT_EQ(some.ids, (Ids{1, 3}));
    EXPECT_EQ(values_as<float>(some), (std::vector<float>{0, 1e-3F, 0, 0, 1, 2, 0, 4}));
    EXPECT_TRUE(source.read_groups().empty());
    const std::string path = (directory.path() / "a.txt").string();
    EXPECT_EQ(source.places(std::vector<std::uint64_t>{3, 0, 1}),
              (std::vector<std::string>{path + ":6", path + ":2", path + ":4"}));
  }
}

TEST_F(LibsvmTest, TheWidthMayBeGiven) {
  LibsvmExampleSource source = open("1 2:5\n", {6, "the job"});
  EXPECT_EQ(source.info().features, 6U);
  EXPECT_EQ(values_as<float>(source.read(Ids{0})), (std::vector<float>{0, 5, 0, 0, 0, 0}));
  EXPECT_EQ(open("1\n0\n", {3, "the job"}).read(Ids{1}).values.size(), 3 * sizeof(float));
  EXPECT_EQ(error("1 2:1\n0 1:1 4:1\n", {3, "the training set has"}),
            "a.txt:2:7: index 4 is above the 3 features\n(the training set has 3 features)");
}

TEST_F(LibsvmTest, QidIsTheGroup) {
  LibsvmExampleSource source = open("1 qid:7 1:1\n0 qid:18446744073709551615\n2 qid:7 2:1\n");
  EXPECT_EQ(source.read_groups(), (std::vector<std::uint64_t>{7, ~std::uint64_t{0}, 7}));
  EXPECT_EQ(error("1 qid:1 1:1\n1 1:1\n"), "a.txt:2:1: expected a qid on all lines or on none");
  EXPECT_EQ(error("1 1:1\n1 qid:1 1:1\n"), "a.txt:2:1: expected a qid on all lines or on none");
  EXPECT_EQ(error("1 qid:x 1:1\n"), "a.txt:1:3: expected a whole number after qid:, found \"x\"");
  EXPECT_EQ(error("1 1:1 qid:3\n"), "a.txt:1:7: qid comes once, before the values");
  EXPECT_EQ(error("1 qid:1 qid:1\n"), "a.txt:1:9: qid comes once, before the values");
}

TEST_F(LibsvmTest, ExamplesToPredictMayHaveLabels) {
  LibsvmExampleSource source = open("1:1 2:2\n? 1:3\n# none\n1 2:4\n", {2, "the model"}, false);
  EXPECT_EQ(source.info().label_width, 0U);
  EXPECT_TRUE(source.read_labels().empty());
  const Examples examples = source.read(Ids{0, 1, 2});
  EXPECT_EQ(values_as<float>(examples), (std::vector<float>{1, 2, 3, 0, 0, 4}));
  EXPECT_TRUE(examples.labels.empty());
}

// What is not named is 0, so nothing at all is the example of zeros.
TEST_F(LibsvmTest, AnEmptyLineIsAnExampleWhereNoLineHasALabel) {
  const LibsvmFeatures features{2, "the model"};
  for (const std::string end : {"\n", "\r\n"}) {
    LibsvmExampleSource source =
        open("# ids" + end + "1:4" + end + end + "2:1" + end + " " + end, features, false);
    EXPECT_EQ(source.info().examples, 4U);
    EXPECT_EQ(values_as<float>(source.read(Ids{0, 1, 2, 3})),
              (std::vector<float>{4, 0, 0, 0, 0, 1, 0, 0}));
    EXPECT_EQ(values_as<float>(source.read(Ids{2})), (std::vector<float>{0, 1}));
    const std::string path = (directory.path() / "a.txt").string();
    EXPECT_EQ(source.places(std::vector<std::uint64_t>{1, 2}),
              (std::vector<std::string>{path + ":3", path + ":4"}));
    EXPECT_THAT(source.info().notices,
                testing::ElementsAre(HasSubstr("a.txt:3: an empty line and 1 more")));
  }
  // With labels an example of zeros has one, and an empty line is none.
  for (const bool labelled : {false, true}) {
    LibsvmExampleSource source = open("0 1:4\n\n0\n0 2:1\n\n", features, labelled);
    EXPECT_EQ(source.info().examples, 3U);
    EXPECT_EQ(values_as<float>(source.read(Ids{0, 1, 2})), (std::vector<float>{4, 0, 0, 0, 0, 1}));
    EXPECT_TRUE(source.info().notices.empty());
  }
  EXPECT_EQ(error("0 1:4\n\n2:1\n", features, false),
            "a.txt: line 2 is empty: is it an example whose features are all 0? write labels in "
            "all lines or in none");
}

// Otherwise any text with a word in each line would be examples of zeros.
TEST_F(LibsvmTest, ALabelThatIsSkippedIsANumberAllTheSame) {
  const LibsvmFeatures features{2, "the model has"};
  EXPECT_EQ(open("? 1:4\nnan 2:1\n-1 1:1\n", features, false).info().examples, 3U);
  for (const char* text : {"hello\nworld\n", "1,2\n", "a;b;c\n1;2;3\n"}) {
    EXPECT_THAT(error(text, features, false), HasSubstr("expected a label, a finite number"))
        << text;
  }
}

TEST_F(LibsvmTest, NumbersAreReadAsInTables) {
  const auto value = [&](const std::string& text) {
    return values_as<float>(open("1 1:" + text + "\n").read(Ids{0}))[0];
  };
  // Nearest to the text itself; by way of double it would be another float.
  EXPECT_EQ(value("7.038531e-26"), 0x1.5c87fap-84F);
  EXPECT_EQ(value("1e-46"), 0.0F);
  EXPECT_EQ(value("1e-400"), 0.0F);
  EXPECT_EQ(value("1e-50"), 0.0F);
  EXPECT_THAT(error("1 1:1e400\n"), HasSubstr("within the range of float"));
  EXPECT_THAT(error("\xFF\xFEx"), HasSubstr("is in UTF-16"));
}

TEST_F(LibsvmTest, EveryFaultHasItsPlace) {
  EXPECT_EQ(error("1 1:1\n0 2:2 1:1\n"), "a.txt:2:7: index 1 after index 2; indices ascend");
  EXPECT_EQ(error("1 0:1\n"), "a.txt:1:3: index 0; indices count from 1");
  EXPECT_EQ(error("1 3:1 3:2\n"), "a.txt:1:7: index 3 is given twice");
  EXPECT_EQ(
      error("# a\n\nabc 1:1\n"),
      "a.txt:3:1: expected a label, a finite number within the range of float, found \"abc\"");
  for (const std::string& value : std::vector<std::string>{"x", "", "nan", "inf", "-inf", "1e39",
                                                           "1,5", "0x10", "--1", "+-1"}) {
    EXPECT_EQ(error("1 2:" + value + "\n"),
              "a.txt:1:5: expected a value, a finite number within the range of float, found \"" +
                  value + "\"");
  }
  EXPECT_EQ(
      error("nan 1:1\n"),
      "a.txt:1:1: expected a label, a finite number within the range of float, found \"nan\"");
  EXPECT_EQ(error("1 x:1\n"), "a.txt:1:3: expected an index, a whole number from 1, found \"x\"");
  EXPECT_EQ(error("1 -1:1\n"), "a.txt:1:3: expected an index, a whole number from 1, found \"-1\"");
  EXPECT_EQ(error("1 1.0:1\n"),
            "a.txt:1:3: expected an index, a whole number from 1, found \"1.0\"");
  EXPECT_EQ(error("1 5\n"), "a.txt:1:3: expected index:value, found \"5\"");
  EXPECT_EQ(error("1:1 2:1\n"), "a.txt:1:1: expected a label before \"1:1\"");
  EXPECT_EQ(error("1 99999999999999999999:1\n"),
            "a.txt:1:3: expected an index, a whole number from 1, found \"99999999999999999999\"");
  EXPECT_EQ(error("1 1:1\n" + std::string("1 1:\x01\xFF\x00z", 8) + std::string(60, 'y') + "\n"),
            "a.txt:2:5: expected a value, a finite number within the range of float, found "
            "\"???z" +
                std::string(36, 'y') + "...\"");
}

TEST_F(LibsvmTest, TheFirstTenBadLinesAreNamed) {
  std::string content = "1 1:1\n";
  for (int i = 0; i < 13; ++i) content += "1 0:1\n";
  const std::string message = error(content);
  EXPECT_THAT(message, HasSubstr("a.txt:2:3: index 0; indices count from 1\na.txt:3:3: "));
  EXPECT_THAT(message, HasSubstr("a.txt:11:3: index 0; indices count from 1\na.txt: and 3 more bad "
                                 "lines"));
  EXPECT_THAT(message, testing::Not(HasSubstr("a.txt:12")));
}

TEST_F(LibsvmTest, OtherFiles) {
  EXPECT_EQ(error(""), "a.txt: has no examples");
  EXPECT_EQ(error("# nothing\n\n"), "a.txt: has no examples");
  EXPECT_EQ(error("1\n0\n"), "a.txt: has no index:value; say how many features there are");
  EXPECT_EQ(error("<!DOCTYPE html>\n"),
            "a.txt: looks like an HTML page, not libsvm: was the download redirected?");
  EXPECT_EQ(error("\x93NUMPY\x01\n1 1:1\n"),
            "a.txt: its first line is not text; is it a libsvm file?");
  EXPECT_THAT(error(gzip(good).substr(0, 40)), HasSubstr("its gzip data ends early"));
  const Thrown thrown = error_of([] { LibsvmExampleSource("/nowhere/a9a", {}, true); });
  EXPECT_EQ(thrown.code, ExitCode::missing_input);
  EXPECT_THAT(thrown.message, HasSubstr("/nowhere/a9a: cannot open"));
}

// A slip of the pen must not ask for more memory than there is.
TEST_F(LibsvmTest, AnIndexFarBeyondTheFileIsRefusedUnlessSaid) {
  EXPECT_EQ(error("1 1:1\n0 4000000000:1\n"),
            "a.txt:2: index 4000000000 would make 2 examples of 3.2e+10 bytes, stored dense, of "
            "21 bytes of text; if this is intended, say features: 4000000000");
  EXPECT_EQ(open("1 4000000:1\n").info().features, 4'000'000U);
  EXPECT_EQ(open("1 5000000:1\n", {5'000'000, "the job"}).info().features, 5'000'000U);
}

TEST_F(LibsvmTest, FingerprintIsOfTheContentAndTheWidth) {
  const auto fingerprint = [&](const std::string& content, const LibsvmFeatures& features) {
    return open(content, features).fingerprint();
  };
  const auto some = fingerprint(good, {});
  EXPECT_EQ(fingerprint(gzip(good), {}), some);
  EXPECT_EQ(fingerprint(good, {4, "the job"}), some);
  EXPECT_NE(fingerprint(good, {5, "the job"}), some);
  EXPECT_NE(fingerprint(good + " # a comment", {}), some);
}

TEST_F(LibsvmTest, AFileThatChangesAfterItWasOpenedIsRefused) {
  LibsvmExampleSource source = open(good);
  directory.write("a.txt", good + " 5:1");
  EXPECT_EQ(error_of([&] { source.read(Ids{0}); }).code, ExitCode::data);
  directory.write("a.txt", "1 1:1\n");
  EXPECT_THAT(error_of([&] { source.read(Ids{0}); }).message,
              HasSubstr("changed while it was read"));
}

TEST_F(LibsvmTest, NumbersAreReadTheSameInEveryLocale) {
  const char* const german = std::setlocale(LC_ALL, "de_DE.UTF-8");
  LibsvmExampleSource source = open("1.5 1:0.25\n");
  EXPECT_EQ(source.read_labels(), std::vector<float>{1.5});
  EXPECT_EQ(values_as<float>(source.read(Ids{0})), std::vector<float>{0.25});
  if (german != nullptr) std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace lockstep

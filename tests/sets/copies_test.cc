#include "sets/copies.h"

#include <array>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "sets/dataset.h"
#include "support/collective.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Row {
  float feature = 0;
  float label = 0;
};

// The rows that one of `ranks` has when they are dealt in turn.
Examples dealt(const std::vector<Row>& rows, int rank = 0, int ranks = 1) {
  Examples examples;
  examples.type = ElementType::f32;
  examples.features = 1;
  examples.label_width = 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<int>(i) % ranks != rank) continue;
    const auto bytes = std::as_bytes(std::span(&rows[i].feature, 1));
    examples.values.insert(examples.values.end(), bytes.begin(), bytes.end());
    examples.labels.push_back(rows[i].label);
    examples.ids.push_back(static_cast<std::uint32_t>(i));
  }
  return examples;
}

// The original is the first training example with the inputs, whichever rank has it.
TEST(Copies, AreCountedAndNamedAlikeAtEveryLayout) {
  const Communicator comm = Communicator::world();
  const std::vector<Row> train = {{7, 0}, {1, 1}, {2, 0}, {1, 0}, {3, 1}, {2, 1}, {4, 0}};
  const Examples dev = dealt({{2, 1}, {9, 0}, {1, 1}, {2, 0}, {4, 0}, {3, 0}});
  const Examples test = dealt({{8, 0}, {5, 1}});
  const Examples none;
  const std::array<const Examples*, 3> sets = {&dev, &test, &none};
  const auto found = find_copies(comm, dealt(train, comm.rank(), comm.size()), sets);
  if (!comm.is_root()) {
    EXPECT_THAT(found, IsEmpty());
    return;
  }
  const CopiesOfSet of_dev{
      .examples = 6, .copies = 5, .with_equal_labels = 3, .first = {{0, 2}, {2, 1}, {3, 2}}};
  EXPECT_THAT(found, ElementsAre(of_dev, CopiesOfSet{.examples = 2}, CopiesOfSet{}));
}

TEST(Copies, GiveACautionAndAboveTheLargestShareAnError) {
  const CopiesOfSet copies{
      .examples = 8, .copies = 4, .with_equal_labels = 3, .first = {{0, 5}, {2, 6}}};
  const NamedSet set{.name = "dev",
                     .remedy = "remove them",
                     .copy_places = {"d:2", "d:4"},
                     .original_places = {"t:7", "t:8"}};
  EXPECT_EQ(caution_of_copies({.examples = 8}, set, 0), std::nullopt);
  EXPECT_EQ(caution_of_copies(copies, set, 0.5),
            "caution: 4 of 8 dev examples (50.00%) have the inputs of training examples, 3 of them "
            "the label too, and say nothing about new examples (1.1): d:2 equals t:7, d:4 equals "
            "t:8, and 2 more; remove them");
  try {
    static_cast<void>(caution_of_copies(copies, set, 0.49));
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("4 of 8 dev examples"),
                      HasSubstr("\nThat is more than data.max_copied_share: 0.49; remove them, or "
                                "allow a larger share")));
  }
}

// ---- a table whose rare class is made frequent by copying its rows ----

constexpr int kCommon = 900;
constexpr int kRare = 20;
constexpr int kCopies = 15;

// The inputs of a line, which the file tells apart by line: a common row is there once, a rare one
// fifteen times.
int content_of(std::uint32_t example) {
  const int i = static_cast<int>(example);
  return i < kCommon ? i : kCommon + (i - kCommon) % kRare;
}

class CopiesInATable : public testing::Test {
 protected:
  void SetUp() override {
    std::string text = "note,a,b,class\n";
    const std::string note(300, 'x');  // long enough that every rank has a part of the file
    for (std::uint32_t i = 0; i < kCommon + kRare * kCopies; ++i) {
      const int content = content_of(i);
      text += fmt::format("{},{},{},{}\n", note, content % 41, content, content < kCommon ? 0 : 1);
    }
    write("table.csv", text);
  }
  void write(const std::string& name, const std::string& text) const {
    if (comm_.is_root()) std::ofstream(directory_ / name) << text;
    comm_.barrier();
  }
  [[nodiscard]] Job job(const std::string& data,
                        const std::vector<std::string>& overrides = {}) const {
    const std::string text = R"(
      name: "copies" seed: 3
      data { train { csv { file: "table.csv" table {
        column { name: "note" role: IGNORED }
        column { name: "class" role: LABEL } when_missing: TRAINING_MEAN } } } )" +
                             data + R"( }
      network { output { units: 2 } } optimizer { adam {} }
      training { batch_size: 120 shards: 12 epochs: 1 })";
    return parse_job(text, "copies", directory_, overrides).job;
  }
  [[nodiscard]] Dataset load(const std::string& data,
                             const std::vector<std::string>& overrides = {}) const {
    return load_dataset(job(data, overrides), comm_, {comm_.size(), 1});
  }
  // The cautions about copies, on all ranks.
  [[nodiscard]] std::vector<std::string> cautions(const Dataset& data) const {
    std::string text;
    for (const std::string& caution : data.cautions) {
      if (caution.find("inputs of training examples") != std::string::npos) text += caution + "\n";
    }
    comm_.broadcast(text);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }
  [[nodiscard]] std::vector<std::uint32_t> all(const Examples& own) const {
    std::vector<std::uint32_t> ids = comm_.gather(std::span<const std::uint32_t>(own.ids));
    comm_.broadcast(ids);
    return ids;
  }
  // The number of examples of a set whose content is in the training set.
  [[nodiscard]] std::uint64_t counted(const Dataset& data, const Examples& set) const {
    std::set<int> trained;
    for (const std::uint32_t i : all(data.train)) trained.insert(content_of(i));
    std::uint64_t copies = 0;
    for (const std::uint32_t i : all(set)) copies += trained.contains(content_of(i)) ? 1 : 0;
    return copies;
  }
  [[nodiscard]] std::string error_of(const std::string& data) const {
    try {
      static_cast<void>(load(data));
    } catch (const AgreedError& error) {
      return error.what();
    }
    return "no error";
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

constexpr const char* kSplit =
    "split { dev { count: 200 } test { count: 150 } train_dev { count: 60 }";

TEST_F(CopiesInATable, ASplitThatScattersThemGivesACautionForEachSet) {
  const Dataset data = load(std::string(kSplit) + " }");
  const auto found = cautions(data);
  ASSERT_EQ(found.size(), 3U);
  const std::uint64_t of_train_dev = counted(data, data.train_dev.examples);
  const std::uint64_t of_dev = counted(data, data.dev.examples);
  const std::uint64_t of_test = counted(data, data.test.examples);
  EXPECT_GT(of_dev, 20U);
  EXPECT_GT(of_test, 15U);
  EXPECT_THAT(found[0], HasSubstr(fmt::format("{} of 60 train-dev examples", of_train_dev)));
  EXPECT_THAT(found[1], HasSubstr(fmt::format("{} of 200 dev examples", of_dev)));
  EXPECT_THAT(found[1], HasSubstr(fmt::format("{} of them the label too", of_dev)));
  EXPECT_THAT(found[1], HasSubstr("data.split.by_content: true keeps equal examples in one part"));
  EXPECT_THAT(found[2], HasSubstr(fmt::format("{} of 150 test examples", of_test)));
}

TEST_F(CopiesInATable, NamesTheLinesOfBoth) {
  write("dev.csv", fmt::format("a,b,class\n{},{},0\n7,-1,0\n{},{},1\n", 5, 5, 903 % 41, 903));
  const auto found = cautions(load("dev { csv { file: \"dev.csv\" } } max_copied_share: 0.7"));
  ASSERT_EQ(found.size(), 1U);
  const std::string at = (directory_ / "").string();
  EXPECT_EQ(found[0],
            fmt::format("caution: 2 of 3 dev examples (66.67%) have the inputs of training "
                        "examples, 2 of them the label too, and say nothing about new examples "
                        "(1.1): {0}dev.csv:2 equals {0}table.csv:7, {0}dev.csv:4 equals "
                        "{0}table.csv:905; remove them from data.dev or from data.train",
                        at));
}

TEST_F(CopiesInATable, AMissingValueEqualsAMissingValueAndNoOther) {
  const std::string mean = fmt::format("{}", (0 + 1) / 2.0);
  write("table.csv", "note,a,b,class\n,,1,0\n,0,2,1\n,1,3,1\n");
  write("dev.csv", "a,b,class\n,1,0\n" + mean + ",1,0\n-0,2,1\n5,5,1\n");
  const auto found = cautions(
      load("dev { csv { file: \"dev.csv\" } }", {"training.shards=4", "training.batch_size=4"}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], AllOf(HasSubstr("2 of 4 dev"), HasSubstr("dev.csv:2 equals"),
                              HasSubstr("dev.csv:4 equals")));
}

TEST_F(CopiesInATable, TooManyAreRefusedUnlessTheJobAllowsThem) {
  const std::string data = std::string(kSplit) + " } max_copied_share: ";
  EXPECT_THAT(error_of(data + "0"), HasSubstr("more than data.max_copied_share: 0;"));
  EXPECT_EQ(error_of(data + "1"), "no error");
}

TEST_F(CopiesInATable, ASplitByContentKeepsThemTogether) {
  const Dataset data = load(std::string(kSplit) + " by_content: true } max_copied_share: 0");
  EXPECT_THAT(cautions(data), IsEmpty());
  EXPECT_EQ(data.dev.total, 200U);
  EXPECT_EQ(data.test.total, 150U);
  EXPECT_EQ(data.train_dev.total, 60U);
  std::map<int, std::set<std::string>> homes;
  const auto note = [&](const Examples& set, const std::string& name) {
    for (const std::uint32_t i : all(set)) homes[content_of(i)].insert(name);
  };
  note(data.train, "train");
  note(data.train_dev.examples, "train-dev");
  note(data.dev.examples, "dev");
  note(data.test.examples, "test");
  EXPECT_EQ(homes.size(), static_cast<std::size_t>(kCommon + kRare));
  for (const auto& [content, sets] : homes) EXPECT_EQ(sets.size(), 1U) << content;
}

TEST_F(CopiesInATable, ASplitByContentIsTheSameAtEveryLayout) {
  const std::string split = std::string(kSplit) + " by_content: true }";
  const std::vector<std::uint32_t> dev = all(load(split).dev.examples);
  std::vector<std::uint32_t> alone;
  if (comm_.is_root()) {
    alone = load_dataset(job(split), Communicator::self(), {1, 1}).dev.examples.ids;
  }
  comm_.broadcast(alone);
  EXPECT_THAT(dev, testing::UnorderedElementsAreArray(alone));
}

}  // namespace
}  // namespace lockstep

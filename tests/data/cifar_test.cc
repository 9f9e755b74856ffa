#include "data/cifar.h"

#include <gmock/gmock.h>

#include "npy_files.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::uint32_t>;
using Paths = std::vector<std::filesystem::path>;

constexpr std::size_t kImagePixels = 3072;

// Pixel j of example n.
std::uint8_t pixel(std::uint32_t n, std::size_t j) {
  return static_cast<std::uint8_t>((n * 57 + j) % 251);
}

// A record: label bytes, then the pixels of example n.
std::string record(const std::vector<int>& labels, std::uint32_t n) {
  std::string bytes;
  for (const int label : labels) bytes += static_cast<char>(label);
  for (std::size_t j = 0; j < kImagePixels; ++j) bytes += static_cast<char>(pixel(n, j));
  return bytes;
}

void expect_rows(const Examples& examples, const Ids& ids) {
  ASSERT_EQ(examples.ids, ids);
  ASSERT_EQ(examples.values.size(), ids.size() * kImagePixels);
  for (std::size_t k = 0; k < ids.size(); ++k) {
    for (std::size_t j = 0; j < kImagePixels; ++j) {
      ASSERT_EQ(std::to_integer<unsigned>(examples.values[k * kImagePixels + j]), pixel(ids[k], j))
          << ids[k] << ' ' << j;
    }
  }
}

// Two files of 3 and 2 examples, labels 2 n.
class CifarTest : public testing::Test {
 protected:
  CifarTest() {
    first = record({0}, 0) + record({2}, 1) + record({4}, 2);
    second = record({6}, 3) + record({8}, 4);
  }
  [[nodiscard]] Paths files() const {
    return {directory.write("batch 1", first), directory.write("batch 2", second)};
  }
  [[nodiscard]] std::string error(const std::string& content,
                                  CifarKind kind = CifarKind::cifar10) const {
    const Paths paths = {directory.write("good", first), directory.write("bad", content)};
    const Paths& used = kind == CifarKind::cifar10 ? paths : Paths{paths[1]};
    const Thrown thrown = error_of([&] { CifarExampleSource(used, kind, true).read_labels(); });
    EXPECT_EQ(thrown.code, ExitCode::data);
    EXPECT_THAT(thrown.message, HasSubstr(paths[1].string() + ": "));
    return thrown.message;
  }

  TemporaryDirectory directory;
  std::string first;
  std::string second;
};

TEST_F(CifarTest, FilesFollowEachOther) {
  CifarExampleSource source(files(), CifarKind::cifar10, true);
  EXPECT_EQ(source.info().examples, 5U);
  EXPECT_EQ(source.info().features, kImagePixels);
  EXPECT_EQ(source.info().type, ElementType::u8);
  EXPECT_EQ(source.info().image, (ImageShape{.channels = 3, .height = 32, .width = 32}));
  EXPECT_EQ(source.read_labels(), (std::vector<float>{0, 2, 4, 6, 8}));
  for (const Ids& ids : {Ids{0, 1, 2, 3, 4}, Ids{1, 4}, Ids{3}, Ids{0}, Ids{}}) {
    const Examples examples = source.read(ids);
    expect_rows(examples, ids);
    for (std::size_t k = 0; k < ids.size(); ++k) {
      EXPECT_EQ(examples.labels[k], static_cast<float>(2 * ids[k]));
    }
  }
}

TEST_F(CifarTest, GzipReadsTheSame) {
  CifarExampleSource plain(files(), CifarKind::cifar10, true);
  CifarExampleSource compressed(
      {directory.write("gzip 1", gzip(first)), directory.write("gzip 2", gzip(second))},
      CifarKind::cifar10, true);
  EXPECT_EQ(compressed.info().examples, 5U);
  EXPECT_EQ(plain.read(Ids{1, 3}).values, compressed.read(Ids{1, 3}).values);
  EXPECT_EQ(plain.fingerprint(), compressed.fingerprint());
}

TEST_F(CifarTest, Cifar100HasTwoLabels) {
  const Paths file = {directory.write("100", record({19, 99}, 0) + record({3, 42}, 1))};
  CifarExampleSource fine(file, CifarKind::cifar100_fine, true);
  CifarExampleSource coarse(file, CifarKind::cifar100_coarse, true);
  EXPECT_EQ(fine.read_labels(), (std::vector<float>{99, 42}));
  EXPECT_EQ(coarse.read_labels(), (std::vector<float>{19, 3}));
  expect_rows(fine.read(Ids{0, 1}), {0, 1});
  expect_rows(coarse.read(Ids{1}), {1});
  // The same bytes, but other labels.
  EXPECT_NE(fine.fingerprint(), coarse.fingerprint());
}

TEST_F(CifarTest, ManyRecordsAcrossChunksOfTheStream) {
  std::string content;
  for (std::uint32_t n = 0; n < 300; ++n) content += record({static_cast<int>(n % 10)}, n);
  CifarExampleSource source({directory.write("many", content)}, CifarKind::cifar10, true);
  const Ids ids = {0, 84, 85, 86, 170, 171, 299};
  const Examples examples = source.read(ids);
  expect_rows(examples, ids);
  for (std::size_t k = 0; k < ids.size(); ++k) {
    EXPECT_EQ(examples.labels[k], static_cast<float>(ids[k] % 10));
  }
}

TEST_F(CifarTest, ExamplesToPredictHaveNoLabels) {
  first[0] = 77;  // no class, and nobody looks
  CifarExampleSource source(files(), CifarKind::cifar10, false);
  EXPECT_EQ(source.info().label_width, 0U);
  EXPECT_TRUE(source.read_labels().empty());
  const Examples examples = source.read(Ids{0, 4});
  expect_rows(examples, {0, 4});
  EXPECT_TRUE(examples.labels.empty());
}

TEST_F(CifarTest, FingerprintIsOfTheContentNotOfTheRowsKept) {
  CifarExampleSource all(files(), CifarKind::cifar10, true);
  CifarExampleSource one(files(), CifarKind::cifar10, true);
  all.read(Ids{0, 1, 2, 3, 4});
  one.read(Ids{2});
  EXPECT_EQ(all.fingerprint(), one.fingerprint());
  second.back() ^= 1;
  CifarExampleSource other(files(), CifarKind::cifar10, true);
  other.read(Ids{2});
  EXPECT_NE(other.fingerprint(), one.fingerprint());
}

// ---- FAULTS row 21, for CIFAR ----

TEST_F(CifarTest, SizesMustBeWholeRecords) {
  for (const bool compressed : {false, true}) {
    const auto stored = [&](const std::string& content) {
      return compressed ? gzip(content) : content;
    };
    EXPECT_THAT(error(stored(second.substr(1))),
                HasSubstr("expected records of 3073 bytes (CIFAR-10), found 6145 bytes: 3072 bytes "
                          "over; fetch the file again"));
    EXPECT_THAT(error(stored(second + "x")), HasSubstr("1 byte over"));
    EXPECT_THAT(error(stored("")), HasSubstr("is empty"));
  }
  EXPECT_THAT(error(record({1, 2}, 0) + record({1, 2}, 1)),
              HasSubstr("it would fit kind: CIFAR_100_FINE or CIFAR_100_COARSE"));
  EXPECT_THAT(error(second, CifarKind::cifar100_fine), HasSubstr("it would fit kind: CIFAR_10"));
}

TEST_F(CifarTest, OtherFiles) {
  EXPECT_THAT(error(""), HasSubstr("is empty"));
  EXPECT_THAT(error("<html>"), HasSubstr("looks like an HTML page, not CIFAR-10"));
  EXPECT_THAT(error(gzip(second).substr(0, 100)), HasSubstr("its gzip data ends early"));
}

TEST_F(CifarTest, LabelsAreOfTheKind) {
  second[3073] = 10;
  EXPECT_THAT(error(second),
              HasSubstr("expected a label of CIFAR-10 from 0 to 9, found 10 in record "
                        "1 (counting from 0)"));
  // Of the rows asked for it is the first; in its file it is the second.
  CifarExampleSource source({directory.write("a", first), directory.write("b", second)},
                            CifarKind::cifar10, true);
  EXPECT_THAT(error_of([&] { source.read(Ids{1, 4}); }).message, HasSubstr("in record 1 ("));
  const std::string hundred = record({20, 100}, 0);
  EXPECT_THAT(error(hundred, CifarKind::cifar100_fine), HasSubstr("from 0 to 99, found 100"));
  EXPECT_THAT(error(hundred, CifarKind::cifar100_coarse), HasSubstr("from 0 to 19, found 20"));
}

TEST_F(CifarTest, AFileThatShrinksAfterItWasOpenedIsRefused) {
  CifarExampleSource source(files(), CifarKind::cifar10, true);
  directory.write("batch 2", second.substr(0, 3073));
  EXPECT_THAT(error_of([&] { source.read(Ids{4}); }).message, HasSubstr("3073 bytes too few"));
}

TEST_F(CifarTest, MissingFile) {
  const Thrown thrown =
      error_of([] { CifarExampleSource({"/nowhere/data_batch_1.bin"}, CifarKind::cifar10, true); });
  EXPECT_EQ(thrown.code, ExitCode::missing_input);
  EXPECT_THAT(thrown.message, HasSubstr("/nowhere/data_batch_1.bin: cannot open"));
}

}  // namespace
}  // namespace lockstep

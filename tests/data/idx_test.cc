#include "data/idx.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>
#include <span>

#include "idx_files.h"

namespace lockstep {
namespace {

// 5 examples of 2x3 bytes, value 10 * example + feature; labels 0 1 2 0 1.
class IdxTest : public testing::Test {
 protected:
  IdxTest() {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 5; ++i) {
      for (int j = 0; j < 6; ++j) pixels.push_back(static_cast<std::uint8_t>(10 * i + j));
    }
    images_content = idx_file<std::uint8_t>(0x08, {5, 2, 3}, pixels);
    labels_content = idx_file<std::uint8_t>(0x08, {5}, {0, 1, 2, 0, 1});
  }

  [[nodiscard]] Thrown images_error(const std::string& content) const {
    const auto images = directory.write("images", content);
    const auto labels = directory.write("labels", labels_content);
    Thrown thrown = error_of([&] {
      IdxExampleSource source(images, labels);
      source.read({});
    });
    EXPECT_EQ(thrown.code, ExitCode::data) << thrown.message;
    EXPECT_TRUE(contains(thrown.message, images.string())) << thrown.message;
    return thrown;
  }

  TemporaryDirectory directory;
  std::string images_content;
  std::string labels_content;
};

template <typename V>
std::vector<V> values_of(const Examples& examples) {
  std::vector<V> values(examples.values.size() / sizeof(V));
  std::memcpy(values.data(), examples.values.data(), examples.values.size());
  return values;
}

TEST_F(IdxTest, ReadsTheRowsAskedFor) {
  IdxExampleSource source(directory.write("images", images_content),
                          directory.write("labels", labels_content));
  EXPECT_EQ(source.info().examples, 5U);
  EXPECT_EQ(source.info().features, 6U);
  EXPECT_EQ(source.info().label_width, 1U);
  EXPECT_EQ(source.info().type, ElementType::u8);
  EXPECT_EQ(source.info().image, (ImageShape{.channels = 1, .height = 2, .width = 3}));
  EXPECT_EQ(source.info().name, (directory.path() / "images").string());
  EXPECT_EQ(source.read_labels(), (std::vector<float>{0, 1, 2, 0, 1}));

  const std::vector<std::uint32_t> ids = {1, 2, 4};
  const Examples examples = source.read(ids);
  EXPECT_EQ(examples.ids, ids);
  EXPECT_EQ(examples.size(), 3U);
  EXPECT_EQ(examples.features, 6U);
  EXPECT_EQ(examples.labels, (std::vector<float>{1, 2, 1}));
  EXPECT_EQ(values_of<std::uint8_t>(examples),
            (std::vector<std::uint8_t>{10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 40, 41, 42,
                                       43, 44, 45}));
  EXPECT_EQ(rows_of(examples, std::vector<std::uint32_t>{4, 1}),
            (std::vector<std::uint32_t>{2, 0}));
  EXPECT_EQ(source.read({}).size(), 0U);
}

TEST_F(IdxTest, GzipUnderAnyNameReadsTheSame) {
  IdxExampleSource plain(directory.write("images.gz", images_content),
                         directory.write("labels.gz", labels_content));
  IdxExampleSource compressed(directory.write("images", gzip(images_content)),
                              directory.write("labels", gzip(labels_content)));
  const std::vector<std::uint32_t> ids = {0, 3};
  const Examples a = plain.read(ids);
  const Examples b = compressed.read(ids);
  EXPECT_EQ(a.values, b.values);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(plain.fingerprint(), compressed.fingerprint());
}

TEST_F(IdxTest, FingerprintIsOfTheContentNotOfTheRowsKept) {
  IdxExampleSource all(directory.write("images", images_content),
                       directory.write("labels", labels_content));
  IdxExampleSource one(directory.path() / "images", directory.path() / "labels");
  all.read(std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  one.read(std::vector<std::uint32_t>{2});
  EXPECT_EQ(all.fingerprint(), one.fingerprint());

  std::string other_images = images_content;
  other_images.back() ^= 1;
  IdxExampleSource other(directory.write("other images", other_images),
                         directory.path() / "labels");
  other.read(std::vector<std::uint32_t>{2});
  EXPECT_NE(other.fingerprint(), one.fingerprint());

  std::string other_labels = labels_content;
  other_labels.back() ^= 1;
  IdxExampleSource relabelled(directory.path() / "images",
                              directory.write("other labels", other_labels));
  relabelled.read(std::vector<std::uint32_t>{2});
  EXPECT_NE(relabelled.fingerprint(), one.fingerprint());
}

template <typename V>
void expect_reads_type(int code, ElementType type, const std::vector<V>& values) {
  const TemporaryDirectory directory;
  const auto rows = static_cast<std::uint32_t>(values.size() / 2);
  const auto features = directory.write("features", idx_file<V>(code, {rows, 2}, values));
  const auto labels = directory.write("labels", idx_file<V>(code, {rows, 2}, values));
  IdxExampleSource source(features, labels);
  EXPECT_EQ(source.info().type, type);
  EXPECT_EQ(source.info().label_width, 2U);
  std::vector<std::uint32_t> ids(rows);
  std::iota(ids.begin(), ids.end(), 0U);
  const Examples examples = source.read(ids);
  EXPECT_EQ(values_of<V>(examples), values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(examples.labels[i], static_cast<float>(values[i]));
  }
}

TEST(Idx, ReadsEveryType) {
  expect_reads_type<std::uint8_t>(0x08, ElementType::u8, {0, 255, 128, 1});
  expect_reads_type<std::int8_t>(0x09, ElementType::i8, {0, -128, 127, -1});
  expect_reads_type<std::int16_t>(0x0B, ElementType::i16, {0, -32768, 32767, 258});
  expect_reads_type<std::int32_t>(0x0C, ElementType::i32, {0, -2147483647, 16909060, -1});
  expect_reads_type<float>(0x0D, ElementType::f32, {0.5F, -1e30F, 3.25F, 1e-30F});
  expect_reads_type<double>(0x0E, ElementType::f64, {0.5, -1e30, 1.0 / 3.0, 7});
}

TEST(Idx, RowsAcrossChunksOfTheStream) {
  // Rows of 300,007 bytes, larger than any buffer of the reader.
  constexpr std::size_t kWidth = 300'007;
  std::vector<std::uint8_t> values(4 * kWidth);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<std::uint8_t>(k % 251);
  const TemporaryDirectory directory;
  const auto labels = directory.write("labels", idx_file<std::uint8_t>(0x08, {4}, {0, 1, 2, 3}));
  const std::string content = idx_file(0x08, {4, static_cast<std::uint32_t>(kWidth)}, values);
  for (const auto& path :
       {directory.write("plain", content), directory.write("gzip", gzip(content))}) {
    IdxExampleSource source(path, labels);
    const Examples examples = source.read(std::vector<std::uint32_t>{1, 3});
    std::vector<std::uint8_t> expected;
    for (const std::size_t row : {1U, 3U}) {
      const auto kept = std::span(values).subspan(row * kWidth, kWidth);
      expected.insert(expected.end(), kept.begin(), kept.end());
    }
    EXPECT_TRUE(values_of<std::uint8_t>(examples) == expected);
  }
}

// ---- FAULTS row 21 ----

TEST_F(IdxTest, ReadsGroups) {
  const auto images = directory.write("images", images_content);
  const auto labels = directory.write("labels", labels_content);
  const auto groups =
      directory.write("groups", gzip(idx_file<std::int32_t>(0x0C, {5}, {7, -1, 7, 70000, -1})));
  IdxExampleSource source(images, labels, groups);
  const auto read = source.read_groups();
  ASSERT_EQ(read.size(), 5U);
  EXPECT_EQ(read[0], 7U);
  EXPECT_EQ(read[2], 7U);
  EXPECT_EQ(read[3], 70000U);
  EXPECT_EQ(read[1], read[4]);
  EXPECT_NE(read[1], 7U);
  EXPECT_TRUE(IdxExampleSource(images, labels).read_groups().empty());
}

// Other groups make other splits, so they are part of the data.
TEST_F(IdxTest, FingerprintIsOfTheGroupsToo) {
  const auto images = directory.write("images", images_content);
  const auto labels = directory.write("labels", labels_content);
  const auto fingerprint = [&](std::optional<std::vector<std::uint8_t>> groups) {
    std::optional<std::filesystem::path> path;
    if (groups) path = directory.write("groups", idx_file(0x08, {5}, *groups));
    IdxExampleSource source(images, labels, path);
    source.read({});
    return source.fingerprint();
  };
  const auto some = fingerprint({{1, 1, 2, 2, 3}});
  EXPECT_EQ(fingerprint({{1, 1, 2, 2, 3}}), some);
  EXPECT_NE(fingerprint({{1, 1, 2, 3, 3}}), some);
  EXPECT_NE(fingerprint(std::nullopt), some);
}

TEST_F(IdxTest, GroupsMustBeOneIntegerForEachExample) {
  const auto images = directory.write("images", images_content);
  const auto labels = directory.write("labels", labels_content);
  for (const std::string& content :
       {idx_file<std::uint8_t>(0x08, {4}, {1, 2, 3, 4}),
        idx_file<std::uint8_t>(0x08, {5, 2}, std::vector<std::uint8_t>(10, 1)),
        idx_file<float>(0x0D, {5}, {1, 2, 3, 4, 5})}) {
    const auto groups = directory.write("groups", content);
    const Thrown thrown = error_of([&] { IdxExampleSource(images, labels, groups); });
    EXPECT_EQ(thrown.code, ExitCode::data);
    EXPECT_TRUE(contains(thrown.message, "expected groups, one integer for each of the 5 examples"))
        << thrown.message;
  }
}

TEST_F(IdxTest, BadMagic) {
  std::string content = images_content;
  content[2] = 0x0A;
  EXPECT_TRUE(contains(images_error(content).message, "not an IDX file"));
  EXPECT_TRUE(contains(images_error(content).message, "found 00 00 0A 03"));
  EXPECT_TRUE(contains(images_error(gzip("abcdefgh")).message, "found 61 62 63 64"));
  EXPECT_TRUE(contains(images_error("ab").message, "found 61 62"));
  EXPECT_TRUE(contains(images_error(idx_header(0x08, {})).message, "found 00 00 08 00"));
  EXPECT_TRUE(contains(images_error("").message, "found an empty one"));
}

TEST_F(IdxTest, HtmlPage) {
  const std::string expected = "looks like an HTML page, not IDX: was the download redirected?";
  EXPECT_TRUE(contains(images_error("<!DOCTYPE html><html></html>").message, expected));
  EXPECT_TRUE(contains(images_error("\r\n <html>").message, expected));
  EXPECT_TRUE(contains(images_error("\xEF\xBB\xBF<html>").message, expected));
  EXPECT_TRUE(contains(images_error(gzip("<html></html>")).message, expected));
}

TEST_F(IdxTest, OneByteShort) {
  const std::string content = images_content.substr(0, images_content.size() - 1);
  for (const std::string& file : {content, gzip(content)}) {
    const std::string message = images_error(file).message;
    EXPECT_TRUE(contains(message, "expected 46 bytes for u8 [5, 2, 3], found 45 bytes")) << message;
    EXPECT_TRUE(contains(message, "1 byte too few")) << message;
  }
}

TEST_F(IdxTest, OneByteTooMany) {
  for (const std::string& file : {images_content + "x", gzip(images_content + "x")}) {
    const std::string message = images_error(file).message;
    EXPECT_TRUE(contains(message, "1 byte too many")) << message;
  }
}

TEST_F(IdxTest, CutShortInsideTheHeader) {
  const std::string message = images_error(images_content.substr(0, 10)).message;
  EXPECT_TRUE(contains(message, "cut short inside its header: expected 16 bytes for 3 dimensions"))
      << message;
}

TEST_F(IdxTest, GzipCutShortOrFollowedByGarbage) {
  const std::string whole = gzip(images_content);
  EXPECT_TRUE(contains(images_error(whole.substr(0, whole.size() - 3)).message, "ends early"));
  EXPECT_TRUE(contains(images_error(whole + "zzz").message, "followed by other bytes"));
}

TEST_F(IdxTest, ImageAndLabelCountsDiffer) {
  const auto labels = directory.write("four", idx_file<std::uint8_t>(0x08, {4}, {0, 1, 2, 0}));
  const auto images = directory.write("images", images_content);
  const Thrown thrown = error_of([&] { IdxExampleSource source(images, labels); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_EQ(thrown.message, images.string() + " has 5 examples, but " + labels.string() +
                                " has 4 labels; do they belong to the same set?");
}

TEST_F(IdxTest, SwappedFiles) {
  const auto images = directory.write("images", images_content);
  const auto labels = directory.write("labels", labels_content);
  const Thrown thrown = error_of([&] { IdxExampleSource source(labels, images); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "are features and labels swapped?")) << thrown.message;
}

TEST_F(IdxTest, DimensionsThatOverflow) {
  const std::uint32_t most = 0xFFFFFFFF;
  for (const auto& dimensions : {std::vector<std::uint32_t>{5, most, most, most},
                                 std::vector<std::uint32_t>{most, most, most},
                                 // 2^64 bytes, which is 0 in 64 bits
                                 std::vector<std::uint32_t>{1U << 16, 1U << 16, 1U << 31, 2}}) {
    const std::string content = idx_header(0x08, dimensions);
    EXPECT_TRUE(contains(images_error(content).message, "overflow"));
    EXPECT_TRUE(contains(images_error(gzip(content)).message, "overflow"));
  }
}

TEST_F(IdxTest, HugeHeaderOfASmallFileIsRefusedBeforeAllocating) {
  // An exabyte: allocating it would throw bad_alloc.
  const std::string content = idx_header(0x08, {5, 1U << 29, 1U << 29});
  EXPECT_TRUE(contains(images_error(content).message, "too few"));
  EXPECT_TRUE(contains(images_error(gzip(content)).message, "too short: its header"));
}

TEST_F(IdxTest, ZeroDimension) {
  EXPECT_TRUE(contains(images_error(idx_header(0x08, {5, 0})).message,
                       "has no values: a dimension of u8 [5, 0] is 0"));
}

TEST_F(IdxTest, MissingFileNamesItsPath) {
  const auto labels = directory.write("labels", labels_content);
  const Thrown thrown = error_of([&] { IdxExampleSource("/nowhere/images.gz", labels); });
  EXPECT_EQ(thrown.code, ExitCode::missing_input);
  EXPECT_TRUE(contains(thrown.message, "/nowhere/images.gz: cannot open: No such file"))
      << thrown.message;
}

TEST_F(IdxTest, FileThatChangesAfterItsHeaderWasRead) {
  const auto images = directory.write("images", images_content);
  IdxExampleSource source(images, directory.write("labels", labels_content));
  directory.write("images", idx_file<std::uint8_t>(0x08, {1, 2}, {1, 2}));
  const Thrown thrown = error_of([&] { source.read({}); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "u8 [5, 2, 3] became u8 [1, 2]")) << thrown.message;
}

TEST_F(IdxTest, NonFiniteValuesNameFileAndRow) {
  const auto labels = directory.write("labels", labels_content);
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), 1e300}) {
    std::vector<double> values(10, 1.0);
    values[7] = bad;
    const auto features = directory.write("features", idx_file<double>(0x0E, {5, 2}, values));
    IdxExampleSource source(features, labels);
    const Thrown thrown = error_of([&] { source.read(std::vector<std::uint32_t>{1, 3}); });
    EXPECT_EQ(thrown.code, ExitCode::data);
    EXPECT_TRUE(contains(thrown.message, features.string())) << thrown.message;
    EXPECT_TRUE(contains(thrown.message, "in row 3, value 1")) << thrown.message;
    EXPECT_EQ(source.read(std::vector<std::uint32_t>{0, 4}).size(), 2U);
  }
  const auto bad_labels = directory.write(
      "bad", idx_file<float>(0x0D, {5}, {0, 1, std::numeric_limits<float>::quiet_NaN(), 0, 1}));
  IdxExampleSource source(directory.write("images", images_content), bad_labels);
  const Thrown thrown = error_of([&] { source.read_labels(); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "found nan in row 2")) << thrown.message;
}

}  // namespace
}  // namespace lockstep

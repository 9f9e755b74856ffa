#include "data/npy.h"

#include <cmath>
#include <cstddef>
#include <cstring>
#include <numeric>
#include <optional>

#include <gmock/gmock.h>

#include "npy_files.h"
#include "npy_golden.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using Ids = std::vector<std::uint32_t>;

// Features in one file, as labels a plain 0, 1, 2, ...
class NpyTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path labels(std::uint64_t rows) const {
    std::vector<std::uint8_t> values(rows);
    std::iota(values.begin(), values.end(), std::uint8_t{0});
    return directory.write("labels.npy",
                           npy_file("|u1", "(" + std::to_string(rows) + ",)", values));
  }
  // The error of opening and reading all rows of these features.
  [[nodiscard]] std::string error(const std::string& content, std::uint64_t rows,
                                  NpyChannels channels = NpyChannels::first) const {
    const auto features = directory.write("features.npy", content);
    const Thrown thrown = error_of([&] {
      NpyExampleSource source(features, labels(rows), std::nullopt, channels);
      source.read(ids_below(rows));
    });
    EXPECT_EQ(thrown.code, ExitCode::data) << thrown.message;
    EXPECT_THAT(thrown.message, HasSubstr(features.string()));
    return thrown.message;
  }

  TemporaryDirectory directory;
};

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

ElementType kept_type(const std::string& descr) {
  const std::string type = descr.substr(1);
  if (type == "b1" || type == "u1") return ElementType::u8;
  if (type == "i1") return ElementType::i8;
  if (type == "i2") return ElementType::i16;
  if (type == "f2" || type == "f4") return ElementType::f32;
  return type == "f8" ? ElementType::f64 : ElementType::i32;
}

double golden_value(char kind, int k) {
  if (kind == 'b') return k % 3 == 0 ? 1 : 0;
  if (kind == 'u') return 7 * k;
  return kind == 'f' ? (7 * k - 5) / 2.0 : 7 * k - 5;
}

TEST_F(NpyTest, ReadsWhatNumPyWrites) {
  for (const NpyGolden& golden : kNpyGolden) {
    SCOPED_TRACE(std::string(golden.descr) + golden.order + std::to_string(golden.version));
    const std::string content = from_hex(golden.content);
    for (const std::string& stored : {content, gzip(content)}) {
      NpyExampleSource source(directory.write("x.npy", stored), labels(2));
      EXPECT_EQ(source.info().examples, 2U);
      EXPECT_EQ(source.info().features, 6U);
      EXPECT_EQ(source.info().type, kept_type(golden.descr));
      EXPECT_EQ(source.info().image, (ImageShape{.channels = 1, .height = 3, .width = 2}));
      for (const Ids& ids : {Ids{0, 1}, Ids{1}}) {
        const Examples examples = source.read(ids);
        EXPECT_EQ(examples.ids, ids);
        std::vector<double> expected;
        for (const std::uint32_t id : ids) {
          EXPECT_EQ(examples.labels[expected.size() / 6], static_cast<float>(id));
          for (int j = 0; j < 6; ++j) {
            expected.push_back(golden_value(golden.descr[1], static_cast<int>(6 * id) + j));
          }
        }
        EXPECT_EQ(values_as<double>(examples), expected);
      }
    }
  }
}

// Rows and columns larger than any buffer of the reader, in either order.
TEST_F(NpyTest, RowsAndColumnsAcrossChunksOfTheStream) {
  constexpr std::uint32_t kRows = 300;
  constexpr std::uint32_t kWidth = 2003;
  std::vector<std::int16_t> by_row;
  std::vector<std::int16_t> by_column;
  const auto value = [](std::uint32_t i, std::uint32_t j) {
    return static_cast<std::int16_t>((i * 31 + j * 7) % 30011);
  };
  for (std::uint32_t i = 0; i < kRows; ++i) {
    for (std::uint32_t j = 0; j < kWidth; ++j) by_row.push_back(value(i, j));
  }
  for (std::uint32_t j = 0; j < kWidth; ++j) {
    for (std::uint32_t i = 0; i < kRows; ++i) by_column.push_back(value(i, j));
  }
  const Ids ids = {0, 7, 150, 298, 299};
  std::vector<std::int16_t> expected;
  for (const std::uint32_t id : ids) {
    for (std::uint32_t j = 0; j < kWidth; ++j) expected.push_back(value(id, j));
  }
  for (const std::string& content :
       {npy_file("<i2", "(300, 2003)", by_row), npy_file("<i2", "(300, 2003)", by_column, true)}) {
    for (const std::string& stored : {content, gzip(content)}) {
      NpyExampleSource source(directory.write("x.npy", stored));
      EXPECT_TRUE(values_as<std::int16_t>(source.read(ids)) == expected);
    }
  }
}

TEST_F(NpyTest, ShapesOfImages) {
  const auto image = [&](const std::string& shape, std::size_t values, NpyChannels channels) {
    return NpyExampleSource(
               directory.write("x.npy", npy_file("|u1", shape, std::vector<std::uint8_t>(values))),
               std::nullopt, std::nullopt, channels)
        .info()
        .image;
  };
  using enum NpyChannels;
  EXPECT_EQ(image("(2, 4, 5)", 40, first), (ImageShape{1, 4, 5}));
  EXPECT_EQ(image("(2, 3, 4, 5)", 120, first), (ImageShape{3, 4, 5}));
  EXPECT_EQ(image("(2, 4, 5, 3)", 120, last), (ImageShape{3, 4, 5}));
  EXPECT_EQ(image("(2, 3, 4, 3)", 72, first), (ImageShape{3, 4, 3}));
  EXPECT_EQ(image("(2, 2, 4, 5)", 80, first), (ImageShape{2, 4, 5}));
  // Probably channels last, and not said: better no shape than a wrong one.
  EXPECT_EQ(image("(2, 5, 4, 3)", 120, first), std::nullopt);
  EXPECT_THAT(NpyExampleSource(directory.path() / "x.npy").info().image_hint,
              HasSubstr("channels_last: true"));
  EXPECT_EQ(image("(2, 20)", 40, first), std::nullopt);
  EXPECT_EQ(NpyExampleSource(directory.path() / "x.npy").info().image_hint, "");
  EXPECT_EQ(image("(2,)", 2, first), std::nullopt);
  EXPECT_EQ(image("(2, 2, 2, 2, 2)", 32, first), std::nullopt);
}

// Pixel (y, x) of channel c is 100 c + 10 y + x.
TEST_F(NpyTest, ChannelsThatAreLastBecomeFirst) {
  std::vector<std::uint8_t> last;
  std::vector<std::uint8_t> last_in_fortran_order(80);
  std::vector<std::uint8_t> first;
  std::size_t k = 0;
  for (int n = 0; n < 2; ++n) {
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 5; ++x) {
        for (int c = 0; c < 2; ++c, ++k) {
          last.push_back(static_cast<std::uint8_t>(100 * c + 10 * y + x + n));
          const int at = n + 2 * (y + 4 * (x + 5 * c));
          last_in_fortran_order[static_cast<std::size_t>(at)] = last.back();
        }
      }
    }
    for (int c = 0; c < 2; ++c) {
      for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 5; ++x) {
          first.push_back(static_cast<std::uint8_t>(100 * c + 10 * y + x + n));
        }
      }
    }
  }
  for (const bool fortran : {false, true}) {
    NpyExampleSource source(
        directory.write("x.npy", npy_file("|u1", "(2, 4, 5, 2)",
                                          fortran ? last_in_fortran_order : last, fortran)),
        std::nullopt, std::nullopt, NpyChannels::last);
    EXPECT_EQ(values_as<std::uint8_t>(source.read(Ids{0, 1})), first);
  }
  EXPECT_THAT(error(npy_file("|u1", "(2, 3)", std::vector<std::uint8_t>(6)), 2, NpyChannels::last),
              HasSubstr("channels_last is for arrays [examples, height, width, channels], found "
                        "|u1 (2, 3)"));
}

TEST_F(NpyTest, LabelsAndGroupsOfAnyIntegerType) {
  const auto features = directory.write("x.npy", npy_file("<f4", "(3, 2)", std::vector<float>(6)));
  const auto wide_labels =
      directory.write("y.npy", npy_file("<f8", "(3, 2)", std::vector<double>{0, 1, 0.5, 2, -1, 3}));
  const std::int64_t big = std::int64_t{1} << 40;
  const auto groups =
      directory.write("g.npy", npy_file("<i8", "(3,)", std::vector<std::int64_t>{big, -1, big}));
  NpyExampleSource source(features, wide_labels, groups);
  EXPECT_EQ(source.info().label_width, 2U);
  EXPECT_EQ(source.read_labels(), (std::vector<float>{0, 1, 0.5, 2, -1, 3}));
  EXPECT_EQ(source.read_groups(),
            (std::vector<std::uint64_t>{std::uint64_t{1} << 40, ~std::uint64_t{0},
                                        std::uint64_t{1} << 40}));
  const auto values = directory.write("f.npy", npy_file("<f4", "(3,)", std::vector<float>(3)));
  EXPECT_THAT(error_of([&] { NpyExampleSource(features, wide_labels, values); }).message,
              HasSubstr("expected groups, one integer for each of the 3 examples"));
}

TEST_F(NpyTest, FingerprintIsOfTheContentNotOfTheRowsKept) {
  const auto fingerprint = [&](const std::vector<std::uint8_t>& values, const Ids& ids) {
    NpyExampleSource source(directory.write("x.npy", npy_file("|u1", "(3, 2)", values)), labels(3));
    source.read(ids);
    return source.fingerprint();
  };
  const auto some = fingerprint({1, 2, 3, 4, 5, 6}, {0, 1, 2});
  EXPECT_EQ(fingerprint({1, 2, 3, 4, 5, 6}, {1}), some);
  EXPECT_NE(fingerprint({1, 2, 3, 4, 5, 7}, {1}), some);
}

// The same bytes, but other features.
TEST_F(NpyTest, FingerprintIsOfTheOrderOfChannelsToo) {
  const auto features =
      directory.write("x.npy", npy_file("|u1", "(1, 2, 2, 3)", std::vector<std::uint8_t>(12)));
  NpyExampleSource first(features);
  NpyExampleSource last(features, std::nullopt, std::nullopt, NpyChannels::last);
  first.read({});
  last.read({});
  EXPECT_NE(first.fingerprint(), last.fingerprint());
}

TEST_F(NpyTest, ValuesThatDoNotFit) {
  const std::vector<std::int64_t> wide = {1, 2, 3, 5'000'000'000};
  EXPECT_THAT(error(npy_file("<i8", "(2, 2)", wide), 2),
              HasSubstr("expected integers that fit 32 bits, found 5000000000 in row 1, value 1 "
                        "(both count from 0)"));
  EXPECT_THAT(
      error(npy_file("<i8", "(2, 2)", std::vector<std::int64_t>{1, -5'000'000'000, 3, 4}, true), 2),
      HasSubstr("found -5000000000 in row 1, value 0"));
  EXPECT_THAT(
      error(npy_file("<u4", "(2, 2)", std::vector<std::uint32_t>{0, 1, 4'000'000'000, 1}), 2),
      HasSubstr("found 4000000000 in row 1, value 0"));
  EXPECT_THAT(error(npy_file("|b1", "(2,)", std::vector<std::uint8_t>{1, 7}), 2),
              HasSubstr("expected truth values 0 or 1, found 7 in row 1, value 0"));
  EXPECT_THAT(error(npy_file("<f4", "(2,)", std::vector<float>{0, std::nanf("")}), 2),
              HasSubstr("found nan in row 1"));
  EXPECT_THAT(error(npy_file("<f2", "(2,)", std::vector<std::uint16_t>{0x3C00, 0x7C00}), 2),
              HasSubstr("found inf in row 1"));
  EXPECT_THAT(error(npy_file("<f8", "(2,)", std::vector<double>{1e300, 0}), 2),
              HasSubstr("within the range of float, found 1e+300 in row 0"));
}

// ---- FAULTS row 21, for NPY ----

TEST_F(NpyTest, SizesMustBeExact) {
  const std::string whole = npy_file("<i2", "(3, 2)", std::vector<std::int16_t>(6));
  const std::string n = std::to_string(whole.size());
  for (const bool compressed : {false, true}) {
    const auto stored = [&](const std::string& content) {
      return compressed ? gzip(content) : content;
    };
    const std::string too_short = error(stored(whole.substr(0, whole.size() - 1)), 3);
    EXPECT_THAT(too_short, HasSubstr("expected " + n + " bytes for <i2 (3, 2), found "));
    EXPECT_THAT(too_short, HasSubstr("1 byte too few"));
    EXPECT_THAT(error(stored(whole + "x"), 3), HasSubstr("1 byte too many"));
  }
}

TEST_F(NpyTest, DimensionsThatOverflowOrAreMissing) {
  const auto error_of_shape = [&](const std::string& shape) {
    return error(npy_header(npy_dictionary("<f8", shape)) + "12345678", 1);
  };
  EXPECT_THAT(error_of_shape("(4294967296, 4294967296, 8)"), HasSubstr("overflow"));
  EXPECT_THAT(error_of_shape("(1, 18446744073709551615)"), HasSubstr("overflow"));
  EXPECT_THAT(error_of_shape("(1, 18446744073709551616)"), HasSubstr("a whole number below 2^64"));
  EXPECT_THAT(error_of_shape("(1, 1000000000000)"), HasSubstr("too few"));
  EXPECT_THAT(error_of_shape("(0, 3)"), HasSubstr("a dimension of <f8 (0, 3) is 0"));
  EXPECT_THAT(error_of_shape("()"), HasSubstr("found the single number <f8 ()"));
  EXPECT_THAT(error(gzip(npy_header(npy_dictionary("<f8", "(1, 1000000000000)"))), 1),
              HasSubstr("too short: its header"));
}

TEST_F(NpyTest, CountsOfExamplesAndLabelsDiffer) {
  const auto features = directory.write("x.npy", npy_file("<f4", "(3, 2)", std::vector<float>(6)));
  EXPECT_THAT(error_of([&] { NpyExampleSource(features, labels(4)); }).message,
              HasSubstr("has 3 examples, but " + (directory.path() / "labels.npy").string() +
                        " has 4 labels; do they belong to the same set?"));
}

}  // namespace
}  // namespace lockstep

// FAULTS row 23: labels as other programs write them, when the job says so.

#include "data/label_coding.h"

#include <gmock/gmock.h>

#include "data/idx.h"
#include "npy_files.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using Labels = std::vector<float>;

Labels decoded(Labels labels, LabelCoding coding) {
  decode_labels(labels, coding, "a9a");
  return labels;
}

std::string error(Labels labels, LabelCoding coding) {
  const Thrown thrown = error_of([&] { decode_labels(labels, coding, "a9a"); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  return thrown.message;
}

TEST(LabelCoding, Decodes) {
  EXPECT_EQ(decoded({0, 5, -2.5}, LabelCoding::as_is), (Labels{0, 5, -2.5}));
  EXPECT_EQ(decoded({-1, 1, 1, -1}, LabelCoding::minus_one_plus_one), (Labels{0, 1, 1, 0}));
  EXPECT_EQ(decoded({1, 7, 3}, LabelCoding::one_based), (Labels{0, 6, 2}));
}

TEST(LabelCoding, LabelsThatAreNotSoCodedAreNamed) {
  EXPECT_EQ(
      error({-1, 0, 1, 2}, LabelCoding::minus_one_plus_one),
      "a9a: expected labels -1 or +1 (label_coding: MINUS_ONE_PLUS_ONE), but 2 of 4 labels are "
      "not (rows count from 0)\n  row 1: 0\n  row 3: 2");
  EXPECT_EQ(
      error({1, 0, 1.5}, LabelCoding::one_based),
      "a9a: expected class labels from 1 (label_coding: ONE_BASED), but 2 of 3 labels are not "
      "(rows count from 0)\n  row 1: 0\n  row 2: 1.5");
}

TEST(LabelCoding, ASourceGivesDecodedLabelsAndAFingerprintOfItsOwn) {
  const TemporaryDirectory directory;
  const auto features = directory.write("x", idx_file<std::uint8_t>(0x08, {3, 1}, {1, 2, 3}));
  const auto labels = directory.write("y", idx_file<std::int8_t>(0x09, {3}, {1, -1, 1}));
  IdxExampleSource plain(features, labels);
  RecodedSource source(std::make_unique<IdxExampleSource>(features, labels),
                       LabelCoding::minus_one_plus_one);
  EXPECT_EQ(source.read_labels(), (Labels{1, 0, 1}));
  EXPECT_EQ(source.read(std::vector<std::uint32_t>{1, 2}).labels, (Labels{0, 1}));
  EXPECT_THAT(source.info().labels_name, HasSubstr("(0 for -1, as label_coding says)"));
  plain.read({});
  EXPECT_NE(source.fingerprint(), plain.fingerprint());
}

}  // namespace
}  // namespace lockstep

#include "export/npz.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Npz, AnArrayOfFloatsIsANpyFile) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint64_t> shape = {2, 3};
  const std::string npy = npy_of(values, shape);
  EXPECT_THAT(npy, StartsWith(std::string("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4'", 25)));
  EXPECT_THAT(npy, HasSubstr("'shape': (2, 3), }"));
  EXPECT_EQ(npy.size(), 128 + 6 * sizeof(float));
  const std::vector<std::uint64_t> one = {6};
  EXPECT_THAT(npy_of(values, one), HasSubstr("'shape': (6,), }"));
}

TEST(Npz, TextsHaveAsManyCharactersAsTheLongest) {
  const std::vector<std::string> texts = {"a", "\xC3\xA9\xF0\x9F\x98\x80", "", "\xFF"};
  const std::string npy = npy_of(texts);
  EXPECT_THAT(npy, HasSubstr("'descr': '<U2'"));
  const std::u32string characters = {U'a', 0, U'\u00E9', U'\U0001F600', 0, 0, U'\uFFFD', 0};
  EXPECT_EQ(npy.substr(npy.size() - characters.size() * 4),
            std::string(reinterpret_cast<const char*>(characters.data()), characters.size() * 4));
}

TEST(Npz, TheSameMembersGiveTheSameBytesInEveryTimeZone) {
  const std::vector<NpzMember> members = {{"layer1.weight", "first"}, {"names", "second"}};
  const std::string bytes = npz_archive(members);
  EXPECT_THAT(bytes, StartsWith("PK"));
  EXPECT_THAT(bytes, HasSubstr("layer1.weight.npy"));
  EXPECT_THAT(bytes, HasSubstr("second"));  // stored as it is
  setenv("TZ", "Pacific/Auckland", 1);
  tzset();
  EXPECT_EQ(npz_archive(members), bytes);
  unsetenv("TZ");
  tzset();
}

}  // namespace
}  // namespace lockstep

#include "base/digest.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// Reference values of XXH64 with seed 0.
TEST(Digest, KnownAnswers) {
  EXPECT_EQ(digest_of({}), 0xef46db3751d8e999ULL);
  EXPECT_EQ(digest_of(bytes_of("abc")), 0x44bc2cf5ad770999ULL);
  EXPECT_EQ(digest_hex(0xabc), "0000000000000abc");
}

TEST(Digest, PiecesGiveTheDigestOfTheWhole) {
  const std::string text(1000, 'x');
  for (const std::size_t piece : {1U, 7U, 32U, 999U}) {
    Digest digest;
    for (std::size_t i = 0; i < text.size(); i += piece) {
      digest.add(bytes_of(std::string_view(text).substr(i, piece)));
    }
    EXPECT_EQ(digest.value(), digest_of(bytes_of(text)));
  }
}

TEST(Digest, DependsOnEveryByteAndOnTheLength) {
  EXPECT_NE(digest_of(bytes_of("abc")), digest_of(bytes_of("abd")));
  EXPECT_NE(digest_of(bytes_of(std::string_view("a\0", 2))), digest_of(bytes_of("a")));
}

}  // namespace
}  // namespace lockstep

#include "data/row_reader.h"

#include "idx_files.h"

namespace lockstep {
namespace {

// Rows of 12 bytes, more than one chunk of them; every kept byte is where it
// belongs, and parts come in order.
TEST(RowReader, KeepsTheRowsAskedForAndReadsEverything) {
  constexpr std::uint64_t kRows = 50000;
  std::string content(kRows * 12, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 % 251);
  const TemporaryDirectory directory;
  const std::vector<std::uint32_t> ids = {0, 21844, 21845, 21846, 43690, 49999};
  for (const auto& path :
       {directory.write("plain", content), directory.write("gzip", gzip(content))}) {
    ByteStream stream(path);
    Digest digest;
    std::string kept;
    const std::uint64_t bytes = read_rows(stream, digest, {kRows, 12}, ids,
                                          [&](std::uint64_t k, std::uint64_t offset, auto part) {
                                            EXPECT_EQ(kept.size(), k * 12 + offset);
                                            EXPECT_EQ(part.size() % 4, 0U);
                                            for (const std::byte byte : part)
                                              kept += std::to_integer<char>(byte);
                                          });
    EXPECT_EQ(bytes, content.size());
    EXPECT_EQ(digest.value(), digest_of(std::as_bytes(std::span(content))));
    std::string expected;
    for (const std::uint32_t id : ids) expected += content.substr(id * 12, 12);
    EXPECT_TRUE(kept == expected);
  }
}

TEST(RowReader, SaysHowManyBytesThereWereWhenTheyAreNotThoseExpected) {
  const TemporaryDirectory directory;
  for (const std::size_t size : {0U, 1U, 11U, 13U, 25U}) {
    ByteStream stream(directory.write("x", std::string(size, 'x')));
    Digest digest;
    std::uint64_t kept = 0;
    EXPECT_EQ(read_rows(stream, digest, {2, 6}, std::nullopt,
                        [&](auto, auto, auto part) { kept += part.size(); }),
              size);
    EXPECT_EQ(kept, std::min<std::size_t>(size, 12));
  }
}

}  // namespace
}  // namespace lockstep

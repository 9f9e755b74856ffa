#include "data/line_reader.h"

#include "idx_files.h"

namespace lockstep {
namespace {

std::vector<std::string> lines_of(const std::string& content, bool compressed = false) {
  const TemporaryDirectory directory;
  LineReader reader(directory.write("text", compressed ? gzip(content) : content));
  std::vector<std::string> lines;
  std::string_view line;
  while (reader.next(line)) {
    lines.emplace_back(line);
    EXPECT_EQ(reader.number(), lines.size());
  }
  EXPECT_EQ(reader.content_bytes(), content.size());
  EXPECT_EQ(reader.digest(), digest_of(std::as_bytes(std::span(content))));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, EndsOfLines) {
  EXPECT_EQ(lines_of("a\nb\r\n\nc"), (Lines{"a", "b", "", "c"}));
  EXPECT_EQ(lines_of("a\n"), (Lines{"a"}));
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("\n"), Lines{""});
  EXPECT_EQ(lines_of("a\rb\n\r\r\n"), (Lines{"a\rb", "\r"}));
}

TEST(LineReader, PassesOverAByteOrderMarkAtTheBeginningOnly) {
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"
                     "a\n\xEF\xBB\xBF"
                     "b"),
            (Lines{"a",
                   "\xEF\xBB\xBF"
                   "b"}));
  EXPECT_EQ(lines_of("\xEF\xBB\xBF"), Lines{});
}

TEST(LineReader, LinesOfAnyLength) {
  Lines lines;
  std::string content;
  for (const std::size_t length : {65535U, 65536U, 65537U, 1U, 131072U, 400000U, 0U, 7U}) {
    lines.emplace_back(length, static_cast<char>('a' + lines.size()));
    content += lines.back() + '\n';
  }
  EXPECT_TRUE(lines_of(content) == lines);
  EXPECT_TRUE(lines_of(content, true) == lines);
}

}  // namespace
}  // namespace lockstep

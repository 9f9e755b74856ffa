#include "data/byte_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "idx_files.h"

namespace lockstep {
namespace {

std::string read_all(const std::filesystem::path& path, std::size_t piece) {
  ByteStream stream(path);
  std::string content;
  std::string buffer(piece, '\0');
  while (true) {
    const std::size_t got = stream.read(std::as_writable_bytes(std::span(buffer)));
    content += buffer.substr(0, got);
    if (got < piece) return content;
  }
}

// Longer than the stream's buffer, compressed or not.
std::string long_text() {
  std::string text;
  std::uint64_t state = 1;
  for (int i = 0; i < 100'000; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += static_cast<char>(state >> 56);
    text += "ab";
  }
  return text;
}

TEST(ByteStream, ReadsPlainAndGzipInPiecesOfAnySize) {
  const TemporaryDirectory directory;
  const std::string text = long_text();
  const auto plain = directory.write("plain.gz", text);  // the names lie
  const auto compressed = directory.write("compressed", gzip(text));
  ASSERT_GT(std::filesystem::file_size(compressed), 70'000U);
  for (const std::size_t piece : {std::size_t{7}, std::size_t{65536}, std::size_t{1'000'000}}) {
    EXPECT_TRUE(read_all(plain, piece) == text) << piece;
    EXPECT_TRUE(read_all(compressed, piece) == text) << piece;
  }
  EXPECT_FALSE(ByteStream(plain).compressed());
  EXPECT_TRUE(ByteStream(compressed).compressed());
}

TEST(ByteStream, SkipsAsOftenAsItIsAsked) {
  const TemporaryDirectory directory;
  const std::string text = long_text();
  for (const bool compressed : {false, true}) {
    const auto path = directory.write("text", compressed ? gzip(text) : text);
    ByteStream stream(path);
    std::size_t at = 0;
    for (const std::size_t skipped : {10U, 70'000U, 0U, 66'000U, 100U, 100'000U}) {
      stream.skip(skipped);
      std::string got(5, '\0');
      ASSERT_EQ(stream.read(std::as_writable_bytes(std::span(got))), 5U);
      at += skipped;
      ASSERT_EQ(got, text.substr(at, 5)) << at;
      at += 5;
    }
  }
}

// A pipe whose other end this test holds.
struct Pipe {
  explicit Pipe(const TemporaryDirectory& directory) : path(directory.path() / "pipe") {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    end = ::open(path.c_str(), O_RDWR);  // so that opening it to read does not wait
  }
  ~Pipe() { close(); }
  void put(const std::string& bytes) const {
    EXPECT_EQ(::write(end, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  void close() {
    if (end >= 0) ::close(end);
    end = -1;
  }
  std::filesystem::path path;
  int end = -1;
};

TEST(ByteStream, GivesWhatAPipeHasWithoutWaitingForMore) {
  const TemporaryDirectory directory;
  for (const bool compressed : {false, true}) {
    Pipe pipe(directory);
    const std::string content = compressed ? gzip("one two") : "one two";
    pipe.put(content.substr(0, 1));
    std::thread late([&] { pipe.put(content.substr(1)); });  // the stream waits for two bytes
    ByteStream stream(pipe.path, InputKind::file_or_stream);
    late.join();
    EXPECT_EQ(stream.compressed(), compressed);
    std::string got;
    std::array<std::byte, 100> buffer;
    while (got.size() < 7) {
      const std::size_t n = stream.read_some(buffer);
      ASSERT_GT(n, 0U);
      got.append(reinterpret_cast<const char*>(buffer.data()), n);
    }
    EXPECT_EQ(got, "one two");
    if (!compressed) {
      EXPECT_FALSE(stream.is_ready());
      pipe.put("more");
      EXPECT_TRUE(stream.is_ready());
      EXPECT_EQ(stream.read_some(buffer), 4U);
    }
    pipe.close();
    EXPECT_TRUE(stream.is_ready()) << "at the end";
    EXPECT_EQ(stream.read_some(buffer), 0U);
    std::filesystem::remove(pipe.path);
  }
}

TEST(ByteStream, ReadsSeveralGzipMembersAsOne) {
  const TemporaryDirectory directory;
  const auto path = directory.write("members", gzip("one ") + gzip("") + gzip("two"));
  EXPECT_EQ(read_all(path, 100), "one two");
}

TEST(ByteStream, GzipCutShortAnywhereIsRefused) {
  const TemporaryDirectory directory;
  const std::string whole = gzip("some text, some more text, some other text");
  for (std::size_t length = 2; length < whole.size(); ++length) {
    const auto path = directory.write("short", whole.substr(0, length));
    const Thrown thrown = error_of([&] { read_all(path, 1000); });
    EXPECT_EQ(thrown.code, ExitCode::data) << length;
    EXPECT_TRUE(contains(thrown.message, path.string() + ": its gzip data ends early"))
        << thrown.message;
  }
}

TEST(ByteStream, BytesAfterGzipAreRefused) {
  const TemporaryDirectory directory;
  const auto path = directory.write("garbage", gzip("text") + "more");
  const Thrown thrown = error_of([&] { read_all(path, 1000); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "is followed by other bytes")) << thrown.message;
}

TEST(ByteStream, DamagedGzipIsRefused) {
  const TemporaryDirectory directory;
  std::string content = gzip("some text, some more text, some other text");
  content[content.size() - 6] ^= 1;  // in the checksum
  const auto path = directory.write("damaged", content);
  const Thrown thrown = error_of([&] { read_all(path, 1000); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  EXPECT_TRUE(contains(thrown.message, "is damaged")) << thrown.message;
}

TEST(ByteStream, WhatIsNotAFileIsMissingInput) {
  const TemporaryDirectory directory;
  const Thrown absent = error_of([&] { ByteStream stream(directory.path() / "absent"); });
  EXPECT_EQ(absent.code, ExitCode::missing_input);
  EXPECT_TRUE(contains(absent.message, "absent: cannot open: No such file")) << absent.message;
  const Thrown folder = error_of([&] { ByteStream stream(directory.path()); });
  EXPECT_EQ(folder.code, ExitCode::missing_input);
  EXPECT_TRUE(contains(folder.message, "found a directory")) << folder.message;
}

TEST(ByteStream, EmptyFileIsEmpty) {
  const TemporaryDirectory directory;
  EXPECT_EQ(read_all(directory.write("empty", ""), 10), "");
}

}  // namespace
}  // namespace lockstep

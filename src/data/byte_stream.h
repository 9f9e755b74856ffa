#pragma once
// A file as a stream of bytes, decompressed when its content is gzip.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace lockstep {

// What a path may name.
enum class InputKind {
  file,            // a regular file, which can be opened again
  file_or_stream,  // also a pipe or a device, whose content is read once
};

// Reads a file from its beginning. Gzip is recognized by the first two bytes
// (1F 8B) and not by the name; several gzip members count as one stream.
//
// Errors name the path: missing_input when the file cannot be opened or read;
// data when gzip content is damaged, cut short, or followed by anything else.
class ByteStream {
 public:
  // `on_pause` is called once in a second while a pipe or device is waited for.
  explicit ByteStream(const std::filesystem::path& path, InputKind kind = InputKind::file,
                      std::function<void()> on_pause = {});
  ~ByteStream();
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Fills `bytes` as far as the content goes and returns the number of bytes read. It is
  // smaller than asked only at the end, when all checks of the file have passed.
  std::size_t read(std::span<std::byte> bytes);

  // The same, but returns fewer bytes, at least one, when a pipe has no more at the moment.
  std::size_t read_some(std::span<std::byte> bytes);
  // Whether read_some() would return at once.
  [[nodiscard]] bool is_ready() const;

  // Skips the next `bytes` of the content, or all that remain: directly in a plain
  // file, by decompressing them in gzip.
  void skip(std::uint64_t bytes);

  [[nodiscard]] bool compressed() const;

  // Size of the file on disk; 0 for a pipe or device.
  [[nodiscard]] std::uint64_t file_bytes() const;

  // An upper bound on the content's bytes, known before reading it: the file's
  // size, times the largest expansion of deflate when it is compressed.
  [[nodiscard]] std::uint64_t content_bytes_limit() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep

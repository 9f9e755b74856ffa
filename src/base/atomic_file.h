#pragma once
// Files that are either whole or absent: temp file in the same directory,
// fsync, checked close, rename, fsync of the directory.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

// Writes a file that appears under its final name only on commit(). An
// uncommitted file is removed. A symbolic link is followed, and a device or pipe is
// written in place. Every failure throws Error(io) naming the file, the cause and,
// when the disk is full, the free space.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void commit();

  // The file in which the content of `path` is collected until commit().
  static std::filesystem::path temporary_of(const std::filesystem::path& path);

 private:
  [[noreturn]] void fail(const std::string& action, int error_number) const;

  std::filesystem::path path_;
  std::filesystem::path temp_path_;  // empty: written in place
  int descriptor_ = -1;
};

// Replaces the content of the file `path` by `text`, atomically.
void replace_file(const std::filesystem::path& path, std::string_view text);

// Removes the file if it exists. Throws Error(io) naming the file if that fails.
void remove_file(const std::filesystem::path& path);

}  // namespace lockstep

#pragma once
// Files that are either whole or absent: temp file in the same directory,
// fsync, checked close, rename, fsync of the directory.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

// What is in the place of the file may be a symbolic link, a device or a pipe.
enum class IfNoFile {
  // It is replaced, for files of a run: to open it could wait for ever, and a link may lead to
  // somebody else's file. The new file has the usual mode.
  replace,
  // For outputs that a user names: a link to a file is followed, and a device, a pipe or an open
  // file of this process, such as /dev/stdout, is written in place. An older file passes on its
  // mode, and its owner if that is allowed.
  write_in_place,
};

// Writes a file that appears under its final name only on commit(). An uncommitted file is removed.
// A file of many megabytes bypasses the page cache where the file system allows that: it costs a
// fraction of the processor's time, and nothing else leaves the cache. Every failure throws
// Error(io) naming the file, the cause and, when the disk is full, the free space.
class AtomicFile {
 public:
  explicit AtomicFile(const std::filesystem::path& path, IfNoFile if_no_file = IfNoFile::replace);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Collects bytes, up to some megabytes of them in memory.
  void write(std::span<const std::byte> bytes);
  // Hands everything to the operating system.
  void flush();
  void commit();

  // The file in which the content of `path`, an output that a user names, is collected until
  // commit().
  static std::filesystem::path temporary_of(const std::filesystem::path& path);

 private:
  struct Free {
    void operator()(std::byte* bytes) const;
  };
  void write_now(std::span<const std::byte> bytes);
  void write_buffer();
  // Whether writes bypass the page cache from now on, if the file system can do that.
  void bypass_cache(bool bypass);
  [[noreturn]] void fail(const std::string& action, int error_number) const;

  std::filesystem::path path_;
  std::filesystem::path temp_path_;  // empty: written in place
  int descriptor_ = -1;
  std::unique_ptr<std::byte[], Free> buffer_;  // aligned; bytes that are not written yet
  std::size_t buffered_ = 0;
  bool bypasses_cache_ = false;
};

// Replaces the content of the file `path`, which is of a run, by `text`, atomically.
void replace_file(const std::filesystem::path& path, std::string_view text);

// The same for an output that a user names.
void write_output(const std::filesystem::path& path, std::string_view text);

// Removes the file if it exists. Throws Error(io) naming the file if that fails.
void remove_file(const std::filesystem::path& path);

}  // namespace lockstep

#pragma once
// A file that grows by whole records and never ends in half of one.

#include <filesystem>
#include <string>
#include <string_view>

namespace lockstep {

// Appends to `path`, which is created when absent. Each record reaches the file
// in one write(2) call, so that a reader sees all of it as soon as it is
// written. A record that does not fit (disk full) is taken back from the file,
// kept here, and goes out ahead of the next one.
class AppendFile {
 public:
  // Throws Error(io) when the file cannot be opened for writing.
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // Throws Error(io) naming the file and the cause; may be called again later.
  // An empty record only retries what is kept.
  void append(std::string_view record);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::string pending_;
};

}  // namespace lockstep

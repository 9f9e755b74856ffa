#pragma once
// A file that grows by whole records and never ends within one.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "report/warn.h"

namespace lockstep {

// Appends to `path`, which is created if absent. Each record reaches the file in one write(2) call,
// so that a reader sees all of it at once. A record that does not fit (disk full) is removed from
// the file, kept here, and written before the next record. A file that someone removes or replaces
// is written again, as a whole, before the next record, with a warning; one that someone cuts has
// lost records, with a warning; what someone appends is removed, with a warning.
class AppendFile {
 public:
  // Throws Error(io) when the file cannot be opened for writing, or is not a regular file.
  explicit AppendFile(std::filesystem::path path, Warn warn = warn_on_stderr);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  // Throws Error(io) naming the file and the cause; may be called again later.
  // An empty record only retries the records that are kept.
  void append(std::string_view record);

  // Writes the records that are kept and waits until all are on the disk. Throws as append() does.
  void sync();

 private:
  void open();
  // The whole open file, whether it still has a name or not.
  [[nodiscard]] std::string own_content() const;
  // Warns when the file is not as it was left, and restores it if it is not in its place.
  void look_after_it();

  std::filesystem::path path_;
  Warn warn_;
  int descriptor_ = -1;
  // Whether the file system tells that a path still names an open file.
  bool can_tell_ = false;
  std::uint64_t size_ = 0;  // after the last record
  std::string pending_;
};

}  // namespace lockstep

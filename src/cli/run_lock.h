#pragma once
// One program at a time in a run directory.

#include <filesystem>
#include <string>

namespace lockstep {

// Holds the file `lock` of a directory until destroyed, or until the process ends
// however it does: the lock is the system's (flock), the file only says whose it is.
// A directory on a file system without locks is not protected.
class RunLock {
 public:
  // `job`: for those who are refused. Throws Error(usage), naming host, process and
  // job of the holder, when the directory is in use; Error(io).
  RunLock(const std::filesystem::path& directory, const std::string& job);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace lockstep

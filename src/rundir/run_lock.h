#pragma once
// A lock that admits one program at a time to a run directory.

#include <filesystem>
#include <string>

namespace lockstep {

// Holds the lock of a directory until destruction, or until the process ends for any reason.
// The operating system holds the lock (flock); the file `lock` only names the holder. A
// directory on a file system without locks is not protected.
class RunLock {
 public:
  // `job` names this program's job to others that are refused. Throws Error(in_use), naming
  // host, process and job of the holder, when the directory is in use; Error(io) when the
  // lock file cannot be opened.
  RunLock(const std::filesystem::path& directory, const std::string& job);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  // Locks the directory again if someone has removed or replaced the lock file, and then returns a
  // warning; otherwise "". Throws Error(in_use) if another program has locked the directory since.
  std::string keep();

 private:
  void acquire();

  std::filesystem::path directory_;
  std::string job_;
  int descriptor_ = -1;
  // Whether the file system tells that a path still names an open file.
  bool can_tell_ = false;
};

}  // namespace lockstep

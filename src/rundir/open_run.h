#pragma once
// The directory in which a command works: its lock, and what it reports to scripts and people about
// the end of the command.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "report/kept_file.h"
#include "rundir/run_lock.h"

namespace lockstep {

// Every rank has one. fail() and directory() may be called by any thread, the others by the main
// thread. Nothing here communicates.
class OpenRun {
 public:
  // Called on rank 0: locks the directory of a run, sweep or recipe for as long as this object
  // lives, removes the error files of its earlier end and writes the state `starting`. Throws
  // Error(in_use) if another program has the lock, and Error(io).
  void lock(const std::filesystem::path& directory, const std::string& job);
  // From now on a failure of this rank writes an error file and the state of this run.
  void enter(const std::filesystem::path& directory);
  // The same without a state, for a command whose directory only gets results.
  void enter_results(const std::filesystem::path& directory);

  // Called on rank 0 when training begins: writes the state `running`. Throws Error(io).
  void tell_running(std::optional<std::uint64_t> step);
  // Called on rank 0: writes a file of the directory that must stay. Throws Error(io).
  void keep(const std::filesystem::path& path, const std::string& content);
  // Called on rank 0 now and then: locks the directory again, and writes the files again that must
  // stay, with warnings on stderr, if someone has removed or changed them. Throws Error(in_use) if
  // another program has locked the directory since.
  void look_after();
  // Called on rank 0: the run has come to this step. Writes nothing.
  void reach(std::uint64_t step);
  // Called on rank 0 at an end that all ranks know: writes the last state. Throws Error(io).
  void tell_end(ExitCode code);

  // Writes the error file of this rank and the state of the run, as far as possible.
  void fail(int rank, ExitCode code, const std::string& message) const noexcept;

  // Empty before the command knows it.
  [[nodiscard]] std::filesystem::path directory() const;

 private:
  struct Status {
    std::filesystem::path directory;
    bool has_state = false;
    std::optional<std::uint64_t> step;
  };
  [[nodiscard]] Status status() const;
  void set(const Status& status);

  mutable std::mutex mutex_;
  Status status_;
  std::unique_ptr<RunLock> lock_;  // on rank 0
  std::vector<KeptFile> kept_;     // on rank 0
  std::string problem_;            // of look_after(), the last one that was reported
};

}  // namespace lockstep

#pragma once
// The directory for the results of a command that trains.

#include <filesystem>
#include <string>
#include <utility>

#include "base/directory_kind.h"
#include "train/trainer.h"

namespace lockstep {

// Creates the directory if it does not exist, and returns whether it did so. Throws
// Error(io) if the directory cannot be created or is not writable.
bool create_writable_directory(const std::filesystem::path& directory);

struct RunDirectory {
  std::filesystem::path path;
  bool is_numbered = false;  // runs/<name>-<number>, made for this run
  bool made_runs = false;    // runs/ was created with it
};

// Creates and returns the directory: `requested`, or runs/<name>-<number> with the first
// free number. Throws Error(usage) if the requested directory holds results of another
// kind, or results that are not to be resumed; Error(missing_input) if a sweep or recipe
// must be resumed and there is none, or if check_restart() refuses; Error(io) if the directory
// cannot be created or is not writable. (For a run that must be resumed, train() checks that there
// are checkpoints.) Call on one rank only.
RunDirectory prepare_run_directory(const std::filesystem::path& requested, const std::string& name,
                                   DirectoryKind kind, Resume resume);

// Removes, on destruction, a numbered directory that was created for a run that is refused
// before it trains; and runs/, if it was created with it and holds nothing else. Keeps a
// directory in which something has been trained. One rank only.
class UntrainedDirectory {
 public:
  explicit UntrainedDirectory(RunDirectory directory) : directory_(std::move(directory)) {}
  ~UntrainedDirectory();
  UntrainedDirectory(const UntrainedDirectory&) = delete;
  UntrainedDirectory& operator=(const UntrainedDirectory&) = delete;

 private:
  RunDirectory directory_;
};

}  // namespace lockstep

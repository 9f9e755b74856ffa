#pragma once
// Where a command that trains puts its results.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "train/trainer.h"

namespace lockstep {

enum class DirectoryKind {
  run,     // of train, or one of a sweep's or a recipe's
  sweep,   // with trials/
  recipe,  // with run-01, ...
};

// What a directory holds; none where it is not there or holds nothing of ours.
std::optional<DirectoryKind> kind_of_directory(const std::filesystem::path& directory);

// Creates the directory where it is not there, and returns whether it was not. Throws
// Error(io) when it cannot be created, or not be written.
bool create_writable_directory(const std::filesystem::path& directory);

struct RunDirectory {
  std::filesystem::path path;
  bool is_numbered = false;  // runs/<name>-<number>, made for this run
  bool made_runs = false;    // and runs/ with it
};

// Creates and returns the directory: `requested`, or runs/<name>-<number> with the
// first free number. Throws Error(usage) when the requested directory holds something
// of another kind, or something that is not to be resumed; Error(missing_input) when
// there is nothing of a sweep or recipe that must be resumed; Error(io) when it cannot
// be created or written. (Of a run that must be resumed, train() asks for checkpoints.)
// Call on one rank only.
RunDirectory prepare_run_directory(const std::filesystem::path& requested, const std::string& name,
                                   DirectoryKind kind, Resume resume);

// Where a numbered directory was made for a run that is refused before it trains, it is
// removed again: on destruction, unless something in it has been trained; and so is runs/,
// if it was made with it and holds nothing else. One rank only.
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

#pragma once
// Where a run, a sweep, a cross-validation or a recipe keeps its files. Nothing else in or below
// its directory is ours.

#include <filesystem>
#include <string_view>
#include <vector>

namespace lockstep {

enum class FolderContent { results, checkpoints, tensorboard };

struct RunFolder {
  std::filesystem::path path;
  FolderContent content = FolderContent::results;
};

// The folders that exist of these: `directory`, those of its checkpoints and of TensorBoard, and
// the same of each of its trials or runs.
std::vector<RunFolder> folders_of_run(const std::filesystem::path& directory);

// Whether Lockstep writes files of this name into folders with this content.
bool is_run_file(std::string_view name, FolderContent content);

// Throws Error(missing_input) if a file of a run in `directory` is a directory, a pipe, a socket or
// a device, or cannot be reached: opening or reading it could wait for ever. Throws
// Error(missing_input) if the folder of its checkpoints or of TensorBoard is not a folder, and
// Error(io) if nothing can be read or written there.
void require_run_files(const std::filesystem::path& directory);

}  // namespace lockstep

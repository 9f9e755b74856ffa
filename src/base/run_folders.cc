#include "base/run_folders.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/input_file.h"
#include "base/run_files.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

constexpr auto kResults = std::to_array<std::string_view>(
    {kLockFile,     kStateFile,       kAttemptsFile, kJobFile,       kMetricsFile,   kFlowFile,
     kSummaryFile,  kEnvironmentFile, kReportFile,   kDiagnosisText, kDiagnosisJson, kAnswersFile,
     kSweepFile,    kSweepCsv,        kSweepJson,    kSweepText,     kWinnerJob,     kTrialRecord,
     kPartFile,     kPartText,        kPartJson,     kCrossvalFile,  kCrossvalCsv,   kCrossvalJson,
     kCrossvalText, kFoldPredictions, kRecipeJson,   kRecipeText,    kBestJob});

bool is_result(std::string_view name) {
  return std::ranges::find(kResults, name) != kResults.end() || is_error_file_name(name) ||
         is_numbered(name, kEarlierJobPrefix, kEarlierJobSuffix);
}

void add(const fs::path& path, FolderContent content, std::vector<RunFolder>& folders) {
  std::error_code error;
  if (fs::is_directory(path, error)) folders.push_back({path, content});
}

void add_one(const fs::path& directory, std::vector<RunFolder>& folders) {
  add(directory, FolderContent::results, folders);
  add(directory / kCheckpointFolder, FolderContent::checkpoints, folders);
  add(directory / kTensorBoardFolder, FolderContent::tensorboard, folders);
}

// The entries of a folder; none if it does not exist or cannot be read.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    entries.push_back(entry->path());
  }
  std::ranges::sort(entries);
  return entries;
}

void require_writable_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(folder, error))) return;
  if (!fs::is_directory(folder, error)) {
    throw Error(ExitCode::missing_input,
                fmt::format("{}: Not a directory; remove it", folder.string()));
  }
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    throw Error(ExitCode::io, fmt::format("the folder {} is not readable and writable: {}",
                                          folder.string(), std::strerror(errno)));
  }
}

}  // namespace

std::vector<RunFolder> folders_of_run(const fs::path& directory) {
  std::vector<RunFolder> folders;
  add_one(directory, folders);
  for (const fs::path& entry : entries_of(directory / kTrialFolder)) {
    if (is_numbered(entry.filename().native(), "", "")) add_one(entry, folders);
  }
  for (const fs::path& entry : entries_of(directory)) {
    if (is_numbered(entry.filename().native(), kRecipeRunPrefix, "")) add_one(entry, folders);
  }
  return folders;
}

bool is_run_file(std::string_view name, FolderContent content) {
  switch (content) {
    case FolderContent::results:
      return is_result(name);
    case FolderContent::checkpoints:
      return name == kBestCheckpoint || name == kLatestCheckpoint ||
             is_numbered(name, kStepFilePrefix, kCheckpointExtension);
    case FolderContent::tensorboard:
      return name.starts_with(kTensorBoardPrefix);
  }
  return false;
}

void require_run_files(const fs::path& directory) {
  require_writable_folder(directory / kCheckpointFolder);
  require_writable_folder(directory / kTensorBoardFolder);
  for (const RunFolder& folder : folders_of_run(directory)) {
    for (const fs::path& entry : entries_of(folder.path)) {
      if (is_run_file(entry.filename().native(), folder.content)) require_file(entry);
    }
  }
}

}  // namespace lockstep

#pragma once
// What kind of results a directory holds.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep {

enum class DirectoryKind {
  run,       // a single run, or one of a sweep or a recipe
  sweep,     // with trials/
  recipe,    // with run-01, ...
  crossval,  // with trials/
};

// "run", "sweep", "recipe", "cross-validation".
std::string noun_of(DirectoryKind kind);

// The kind of results in a directory; nothing if it does not exist or has no results of ours.
std::optional<DirectoryKind> kind_of_directory(const std::filesystem::path& directory);

// Tells which run in a directory of several to name instead of it: "it holds a sweep; <verb> one of
// its trials, such as ...". Nothing for other kinds.
std::optional<std::string> run_within(const std::filesystem::path& directory,
                                      std::optional<DirectoryKind> kind, std::string_view verb);

}  // namespace lockstep

#pragma once
// The temporary files of AtomicFile, which a killed process leaves behind.

#include <string>
#include <string_view>
#include <vector>

#include "base/run_folders.h"

namespace lockstep {

// The name of the file whose temporary one has this name: "<name>.tmp-<process>"; empty for another
// name.
std::string_view name_without_mark(std::string_view temporary);

// Removes the temporary files of a run's files in `folder`, and nothing else; does nothing if it
// does not exist. Among results, those of another process that lives on this host stay. Returns a
// sentence for each file that could not be removed.
std::vector<std::string> remove_temporary_files(const RunFolder& folder);

}  // namespace lockstep

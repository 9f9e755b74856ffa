#pragma once

#include <string>

namespace lockstep {

// A text that is equal for two paths of the same file, however they are written: links to
// one file are that file. The path itself if there is no such file.
std::string file_identity(const std::string& path);

}  // namespace lockstep

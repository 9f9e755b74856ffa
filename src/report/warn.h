#pragma once
// Where reports warn of what is wrong while training continues.

#include <functional>
#include <string>

namespace lockstep {

// Receives a text without a newline.
using Warn = std::function<void(const std::string&)>;

// Writes "lockstep: warning: " and the text as warn_on_stderr() does.
void write_warning(const std::string& text);

// Writes the text and a newline to stderr, in place of a line of progress.
void warn_on_stderr(const std::string& text);

}  // namespace lockstep

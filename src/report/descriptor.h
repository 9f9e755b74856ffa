#pragma once
// Text to an open file descriptor: stderr, stdout, a file.

#include <string_view>

namespace lockstep {

// Writes all of `text`, in one write(2) call unless the system takes less.
// Returns 0, or the errno of the failure; what was written before it stays.
[[nodiscard]] int write_all(int descriptor, std::string_view text) noexcept;

// Writes a log text and ignores failure: training never dies of a closed stderr.
void write_log(int descriptor, std::string_view text) noexcept;

// Takes a terminal's cursor to the start of an emptied line.
inline constexpr std::string_view kClearLine = "\r\x1b[K";

// Whether the descriptor is a terminal that can redraw a line.
bool is_live_terminal(int descriptor) noexcept;

// Columns of the terminal; 80 when it does not say.
int terminal_columns(int descriptor) noexcept;

}  // namespace lockstep

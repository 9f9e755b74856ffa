#pragma once
// Writes text to an open file descriptor: stderr, stdout, a file.

#include <string_view>

namespace lockstep {

// Writes all of `text`, in one write(2) call unless the system accepts less.
// Returns 0, or the errno of the failure; earlier bytes stay written.
[[nodiscard]] int write_all(int descriptor, std::string_view text) noexcept;

// Writes a log text and ignores failures: a closed stderr never ends training.
void write_log(int descriptor, std::string_view text) noexcept;

// Clears the line of a terminal and moves the cursor to its start.
inline constexpr std::string_view kClearLine = "\r\x1b[K";

// Whether the descriptor is a terminal that can redraw a line.
bool is_live_terminal(int descriptor) noexcept;

// Columns of the terminal; 80 if they are unknown.
int terminal_columns(int descriptor) noexcept;

}  // namespace lockstep

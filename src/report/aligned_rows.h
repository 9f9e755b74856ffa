#pragma once
// Rows of cells as text for people. Pure.

#include <string>
#include <vector>

namespace lockstep {

// The rows, of which there is at least one and which have equally many cells, one on each line.
// Columns have a fixed width and are right-aligned.
std::string aligned_rows(const std::vector<std::vector<std::string>>& rows);

}  // namespace lockstep

#pragma once
// Rows of a table whose inputs another row has, too.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "data/spec.h"

namespace lockstep {

// Reads the file once more and counts the rows whose cells in `inputs` (columns of the file, from
// 0) have the same texts as those of another row, without the blanks around them. Throws Error when
// the file cannot be read. Does not communicate.
std::uint64_t count_repeated_rows(const std::filesystem::path& file, const CsvDialect& dialect,
                                  const std::vector<std::size_t>& inputs);

}  // namespace lockstep

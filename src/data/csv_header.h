#pragma once
// The beginning of a table in a text file: its header, or its first row.

#include <filesystem>
#include <string>

#include "data/csv_records.h"
#include "data/spec.h"
#include "data/table.h"

namespace lockstep {

// Reads from the beginning of a file up to its first row, which `records` returns next. Throws
// Error(data) when the content is not a table in text.
TableHeader read_table_header(CsvRecordReader& records, const std::filesystem::path& path,
                              const CsvDialect& dialect);

// Throws Error(data) for a table that has no rows.
[[noreturn]] void refuse_no_rows(const std::filesystem::path& path, const CsvDialect& dialect);

// The notice that columns of a file to predict are left out.
std::string left_out_notice(const TableHeader& header, const ColumnMatch& match);

}  // namespace lockstep

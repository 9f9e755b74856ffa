#include "init/repeated_rows.h"

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>

#include "base/digest.h"
#include "data/csv_fields.h"
#include "data/csv_header.h"
#include "data/csv_records.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

// The texts of the inputs one after the other, with the length of each in front of it.
std::string inputs_of(std::span<const std::string_view> fields,
                      const std::vector<std::size_t>& inputs) {
  std::string text;
  for (const std::size_t input : inputs) {
    const std::string_view cell = without_blanks(fields[input]);
    text += std::to_string(cell.size());
    text += ' ';
    text += cell;
  }
  return text;
}

}  // namespace

std::uint64_t count_repeated_rows(const std::filesystem::path& file, const CsvDialect& dialect,
                                  const std::vector<std::size_t>& inputs) {
  CsvRecordReader records(file, {}, std::numeric_limits<std::uint64_t>::max());
  const TableHeader header = read_table_header(records, file, dialect);
  CsvSplitter splitter(dialect.delimiter);
  std::unordered_map<std::uint64_t, std::uint64_t> rows;  // by the digest of their inputs
  while (const auto record = records.next()) {
    const auto fields = splitter.split(*record);
    if (fields.size() != header.columns) continue;
    const std::string text = inputs_of(fields, inputs);
    ++rows[digest_of(std::as_bytes(std::span(text)))];
  }
  std::uint64_t repeated = 0;
  for (const auto& [digest, count] : rows) repeated += count > 1 ? count : 0;
  return repeated;
}

}  // namespace lockstep

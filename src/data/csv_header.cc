#include "data/csv_header.h"

#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text_encoding.h"
#include "data/complaints.h"
#include "data/file_error.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

// Refuses content whose first bytes show that it is not text.
void check_is_text(const std::filesystem::path& path, std::string_view start) {
  if (start.empty()) {
    std::error_code error;
    fail_file(path, std::filesystem::is_regular_file(path, error)
                        ? "expected a table, found an empty file; fetch the file again"
                        : "expected a table, and nothing was written to it");
  }
  if (is_utf16(start)) fail_file(path, kIsUtf16);
  if (start.find('\0') != std::string_view::npos) {
    fail_file(path, "has bytes 00, so it is not a table in text; is it another format?");
  }
  if (start.find('\n') == std::string_view::npos && start.find('\r') != std::string_view::npos) {
    fail_file(path, "its lines end with CR alone; write them with LF or CR LF");
  }
}

// "<" alone may begin a value, as in "<0.1".
void refuse_page(const std::filesystem::path& path, std::string_view start) {
  for (const char* tag : {"<!DOCTYPE", "<!doctype", "<html"}) {
    if (start.find(tag) == std::string_view::npos) continue;
    refuse_html(path, std::as_bytes(std::span(start)), "a table");
  }
}

// Throws when `record`, as split by `splitter`, is not a header.
void check_is_header(const std::filesystem::path& path, const CsvRecord& record,
                     const CsvSplitter& splitter) {
  Complaints complaints;
  if (record.too_long) {
    complaints.add(record.line, 0, "a header without an end; is this a table?");
  } else if (const auto& fault = splitter.fault()) {
    complaints.add(splitter.line_of(fault->field), fault->field + 1, fault->what);
  }
  if (!complaints.empty()) complaints.throw_for(path.string(), 0, {});
}

}  // namespace

TableHeader read_table_header(CsvRecordReader& records, const std::filesystem::path& path,
                              const CsvDialect& dialect) {
  const std::string_view start = records.peek().substr(0, CsvRecordReader::kPeekedBytes);
  check_is_text(path, start);
  refuse_page(path, start);
  if (start.starts_with(kByteOrderMark)) records.skip(kByteOrderMark.size());
  CsvSplitter splitter(dialect.delimiter);
  TableHeader header{path.string(), {}, 0};
  while (const auto record = records.next()) {
    if (record->text.empty() && !record->too_long) continue;
    const auto fields = splitter.split(*record);
    check_is_header(path, *record, splitter);
    header.columns = fields.size();
    if (!dialect.header) {
      records.put_back();
      return header;
    }
    for (const std::string_view name : fields) header.names.emplace_back(without_blanks(name));
    return header;
  }
  fail_file(path, "has only empty lines");
}

void refuse_no_rows(const std::filesystem::path& path, const CsvDialect& dialect) {
  fail_file(path, dialect.header ? "has a header and no rows" : "has no rows");
}

std::string left_out_notice(const TableHeader& header, const ColumnMatch& match) {
  return fmt::format("{}: left out, not in the training file: {}", header.file,
                     listed(match.left_out));
}

}  // namespace lockstep

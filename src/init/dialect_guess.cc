#include "init/dialect_guess.h"

#include <algorithm>
#include <string_view>

#include "data/csv_fields.h"
#include "data/date_text.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

CsvRecord record_of(const std::string& text) {
  CsvRecord record;
  record.text = text;
  record.has_quotes = text.find('"') != std::string::npos;
  return record;
}

// The number of fields that `delimiter` divides each of the records into; 0 if they differ.
std::size_t even_fields(std::span<const std::string> records, char delimiter) {
  CsvSplitter splitter(delimiter);
  std::size_t fields = 0;
  for (const std::string& text : records) {
    const std::size_t found = splitter.split(record_of(text)).size();
    if (splitter.fault() || (fields != 0 && found != fields)) return 0;
    fields = found;
  }
  return fields;
}

bool is_value(std::string_view field) { return parse_float(field) || is_date_or_time(field); }

}  // namespace

char guess_delimiter(std::span<const std::string> records) {
  char best = ',';
  std::size_t most = 1;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const std::size_t fields = even_fields(records, delimiter);
    if (fields <= most) continue;
    best = delimiter;
    most = fields;
  }
  return best;
}

bool looks_like_header(const std::string& record, char delimiter,
                       std::span<const std::string> wanted) {
  CsvSplitter splitter(delimiter);
  const auto fields = splitter.split(record_of(record));
  const auto is_wanted_name = [&](std::string_view field) {
    field = without_blanks(field);
    return !is_value(field) && std::ranges::find(wanted, field) != wanted.end();
  };
  return std::ranges::none_of(fields, is_value) || std::ranges::any_of(fields, is_wanted_name);
}

}  // namespace lockstep

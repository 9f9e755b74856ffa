#include "init/table_survey.h"

#include <algorithm>
#include <limits>

#include "base/text_encoding.h"
#include "data/csv_header.h"
#include "data/csv_records.h"
#include "data/csv_rows.h"
#include "data/table.h"
#include "data/written_number.h"
#include "init/dialect_guess.h"

namespace lockstep {
namespace {

constexpr std::size_t kSampleRecords = 100;
constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

// The first records of a file that are not empty.
std::vector<std::string> first_records(const std::filesystem::path& file) {
  CsvRecordReader records(file, {}, kToTheEnd);
  if (records.peek().starts_with(kByteOrderMark)) records.skip(kByteOrderMark.size());
  std::vector<std::string> texts;
  while (texts.size() < kSampleRecords) {
    const auto record = records.next();
    if (!record) break;
    if (!record->text.empty()) texts.emplace_back(record->text);
  }
  return texts;
}

CsvDialect dialect_of(const SurveyRequest& request) {
  const std::vector<std::string> records = first_records(request.file);
  CsvDialect dialect;
  dialect.delimiter = request.delimiter.value_or(guess_delimiter(records));
  if (request.header) {
    dialect.header = *request.header;
  } else if (!records.empty()) {
    dialect.header = looks_like_header(records.front(), dialect.delimiter, request.names);
  }
  return dialect;
}

// The columns of a file whose content is not looked at, so that a reader of rows checks their form
// alone.
TableSchema unread_columns(const TableHeader& header) {
  TableSchema schema;
  schema.columns.resize(header.columns, {.name = "", .role = ColumnRole::kept, .categories = {}});
  for (std::size_t i = 0; i < header.names.size(); ++i) schema.columns[i].name = header.names[i];
  return schema;
}

// The schema's column for each column of the file, which are the same ones.
std::vector<std::optional<std::size_t>> same_places(const TableSchema& schema) {
  std::vector<std::optional<std::size_t>> places;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) places.emplace_back(i);
  return places;
}

TableSurvey survey_with(const SurveyRequest& request, bool decimal_comma) {
  TableSurvey survey;
  survey.dialect = dialect_of(request);
  survey.decimal_comma = decimal_comma;
  CsvRecordReader records(request.file, {}, kToTheEnd);
  const TableSchema schema =
      unread_columns(read_table_header(records, request.file, survey.dialect));
  for (const TableColumn& column : schema.columns) {
    survey.columns.emplace_back().name = column.name;
  }
  const TableRules rules;
  TableRowReader rows(rules, schema, same_places(schema), /*fitted=*/false, /*labelled=*/true,
                      survey.dialect);
  const MissingFields missing(request.missing_texts, decimal_comma);
  CsvSplitter splitter(survey.dialect.delimiter);
  Complaints complaints;
  while (const auto record = records.next()) {
    if (rows.is_blank(*record)) continue;
    ++survey.rows;
    rows.check(*record, complaints);
    if (!complaints.empty()) continue;
    const auto fields = splitter.split(*record);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      add_cell(survey.columns[i], fields[i], splitter.line_of(i), missing, decimal_comma);
    }
  }
  if (!complaints.empty()) {
    complaints.throw_for(request.file.string(), survey.rows,
                         [&](std::uint64_t field) { return column_title(schema, field - 1); });
  }
  if (survey.rows == 0) refuse_no_rows(request.file, survey.dialect);
  return survey;
}

bool has_more_numbers(const TableSurvey& survey, const TableSurvey& than) {
  bool more = false;
  for (std::size_t i = 0; i < survey.columns.size(); ++i) {
    const std::uint64_t numbers = survey.columns[i].numbers;
    const std::uint64_t others = than.columns[i].numbers;
    if (numbers < others) return false;
    more = more || numbers > others;
  }
  return more;
}

}  // namespace

TableSurvey survey_table(const SurveyRequest& request) {
  TableSurvey survey = survey_with(request, /*decimal_comma=*/false);
  const bool may_be_comma = std::ranges::any_of(survey.columns, [](const ColumnSurvey& column) {
    return has_decimal_comma(column.first_notation);
  });
  // Where commas separate fields, a job may not have decimal commas.
  if (!may_be_comma || survey.dialect.delimiter == ',') return survey;
  TableSurvey with_comma = survey_with(request, /*decimal_comma=*/true);
  return has_more_numbers(with_comma, survey) ? with_comma : survey;
}

}  // namespace lockstep

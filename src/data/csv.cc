#include "data/csv.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/error.h"
#include "data/csv_header.h"
#include "data/packing.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

// The rounds in which parts exchange what they found.
constexpr int kCountRound = 0;
constexpr int kFactsRound = 1;
constexpr int kComplaintsRound = 2;
constexpr int kValuesRound = 3;  // after the last example

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", path.string(), what));
}

// Gives `column`, the one with number `i`, those of its categories `texts` that are in at least
// `least` rows.
void keep_frequent(std::span<const TableFacts> facts, std::size_t i, std::vector<std::string> texts,
                   std::uint64_t least, TableColumn& column) {
  const auto is_rare = [&](const std::string& text) {
    std::uint64_t rows = 0;
    for (const TableFacts& part : facts) {
      const auto number = part.categories[i].find(text);
      if (number) rows += part.category_counts[i][*number];
    }
    return rows < least;
  };
  column.has_rare = std::erase_if(texts, is_rare) > 0;
  column.categories = std::move(texts);
}

}  // namespace

CsvExampleSource::CsvExampleSource(CsvFile file, CsvPart part)
    : file_(std::move(file)), part_(part) {
  check(part_.index < part_.count && part_.block_bytes > 0,
        "the part's index is below the number of parts");
  info_.name = info_.labels_name = file_.path.string();
  info_.type = ElementType::f32;
  read_header();
  if (part_.count > 1) return;
  for (int round = 0; round < kSurveyRounds; ++round) {
    const std::array words = {tell(round)};
    hear(round, words);
  }
}

void CsvExampleSource::read_header() {
  {
    const ByteStream stream(file_.path);
    compressed_ = stream.compressed();
    file_bytes_ = stream.file_bytes();
  }
  CsvRecordReader records(file_.path, {}, kToTheEnd);
  const TableHeader header = read_table_header(records, file_.path, file_.dialect);
  first_row_ = records.position();

  if (file_.like != nullptr) {
    table_ = file_.like;
  } else {
    TableSchema schema = schema_of(header, file_.rules);
    table_ = std::make_shared<FittedTable>(FittedTable{file_.rules, std::move(schema)});
  }
  ColumnMatch match = matching_columns(header, table_->schema, file_.labelled);
  tell_of_columns(header, match);
  columns_ = std::move(match.columns);
}

void CsvExampleSource::tell_of_columns(const TableHeader& header, const ColumnMatch& match) {
  // The names of a file that is read like another are compared with that file's names.
  const bool names_are_trusted =
      file_.like != nullptr &&
      std::ranges::any_of(table_->schema.columns,
                          [](const TableColumn& column) { return !column.name.empty(); });
  if (!names_are_trusted) {
    if (auto caution = caution_of_numbers_as_names(header, match, *table_)) {
      info_.notices.push_back(std::move(*caution));
    }
  }
  if (!match.left_out.empty()) {
    info_.notices.push_back(left_out_notice(header, match));
  }
}

Range CsvExampleSource::own_bytes() const {
  if (compressed_) return part_.index == 0 ? Range{0, kToTheEnd} : Range{kToTheEnd, kToTheEnd};
  const std::uint64_t blocks = (file_bytes_ + part_.block_bytes - 1) / part_.block_bytes;
  const Range own = even_part(blocks, part_.count, part_.index);
  return {std::min(own.begin * part_.block_bytes, file_bytes_),
          std::min(own.end * part_.block_bytes, file_bytes_)};
}

TableRowReader CsvExampleSource::row_reader(bool fitted) const {
  return {table_->rules,
          table_->schema,
          columns_,
          fitted,
          file_.labelled,
          file_.dialect,
          file_.labelled ? Remedy::job_fields : Remedy::options};
}

CsvRecordReader CsvExampleSource::own_records() const { return {file_.path, begin_, end_}; }

template <typename Use>
void CsvExampleSource::for_each_row(CsvRecordReader records, const TableRowReader& rows,
                                    const Use& use) const {
  while (true) {
    const auto record = records.next();
    if (!record.has_value()) return;
    if (!rows.is_blank(*record)) use(*record);
  }
}

// ---- the survey ----

std::string CsvExampleSource::tell(int round) {
  switch (round) {
    case kCountRound:
      return count_part();
    case kFactsRound:
      return find_facts();
    case kComplaintsRound:
      return suspicious_ ? find_all_complaints() : Complaints().packed();
    default:
      check(round == kValuesRound, "a known round");
      return complaints_.packed();
  }
}

void CsvExampleSource::hear(int round, std::span<const std::string> of_parts) {
  check(of_parts.size() == part_.count, "one message from each part");
  switch (round) {
    case kCountRound:
      return place_parts(of_parts);
    case kFactsRound:
      return join_facts(of_parts);
    default:
      return throw_complaints(of_parts);
  }
}

std::string CsvExampleSource::count_part() const {
  const CsvCounts counts = count_csv(file_.path, own_bytes(), part_.block_bytes);
  Packer packer;
  packer.put(file_bytes_);
  packer.put(first_row_.byte);
  packer.put(counts.bytes);
  packer.put(counts.line_ends);
  packer.put(counts.odd_quotes);
  packer.put(counts.ends_line);
  packer.put_all(counts.block_digests);
  return packer.take();
}

void CsvExampleSource::place_parts(std::span<const std::string> of_parts) {
  CsvPosition position;
  std::pair<std::uint64_t, std::uint64_t> sizes;  // sizes of the file and its header
  std::vector<std::uint64_t> digests;
  for (std::uint64_t p = 0; p < of_parts.size(); ++p) {
    Unpacker unpacker(of_parts[p]);
    const auto file_bytes = unpacker.get<std::uint64_t>();
    const auto first_row = unpacker.get<std::uint64_t>();
    if (p == 0) sizes = {file_bytes, first_row};
    if (sizes != std::pair(file_bytes, first_row)) {
      fail(file_.path, fmt::format("is not the same file for every reader: {} bytes for the first, "
                                   "{} for reader {}",
                                   sizes.first, file_bytes, p));
    }
    CsvCounts counts;
    counts.bytes = unpacker.get<std::uint64_t>();
    counts.line_ends = unpacker.get<std::uint64_t>();
    counts.odd_quotes = unpacker.get<bool>();
    counts.ends_line = unpacker.get<bool>();
    counts.block_digests = unpacker.get_all<std::uint64_t>();
    digests.insert(digests.end(), counts.block_digests.begin(), counts.block_digests.end());
    if (p == part_.index) begin_ = position;
    position = advance(position, counts);
    if (p == part_.index) end_ = position.byte;
  }
  // The header, and a byte order mark, belong to no example.
  if (begin_.byte < first_row_.byte) begin_ = first_row_;
  content_digest_ = digest_of(std::as_bytes(std::span(digests)));
}

std::string CsvExampleSource::find_facts() {
  TableFacts facts;
  facts.resize(table_->schema.columns.size());
  TableRowReader rows = row_reader(file_.like != nullptr);
  for_each_row(own_records(), rows,
               [&](const CsvRecord& record) { rows.read_facts(record, facts); });
  return facts.packed();
}

void CsvExampleSource::join_facts(std::span<const std::string> of_parts) {
  std::vector<TableFacts> facts;
  facts.reserve(of_parts.size());
  for (const std::string& words : of_parts) facts.push_back(TableFacts::unpacked(words));
  suspicious_ = false;
  info_.examples = 0;
  for (std::uint64_t p = 0; p < facts.size(); ++p) {
    suspicious_ = suspicious_ || !facts[p].complaints.empty();
    if (p == part_.index) {
      first_example_ = info_.examples;
      own_examples_ = facts[p].rows;
    }
    info_.examples += facts[p].rows;
  }
  if (info_.examples == 0) {
    refuse_no_rows(file_.path, file_.dialect);
  }
  if (info_.examples > std::numeric_limits<std::uint32_t>::max()) {
    fail(file_.path, fmt::format("{} rows; at most 2^32 - 1 are possible", info_.examples));
  }
  if (file_.like == nullptr) fit(facts);

  const Vocabulary class_numbers(table_->schema.class_names);
  for (const TableFacts& part : facts) {
    labels_.insert(labels_.end(), part.labels.begin(), part.labels.end());
    groups_.insert(groups_.end(), part.groups.begin(), part.groups.end());
    weights_.insert(weights_.end(), part.weights.begin(), part.weights.end());
    std::vector<float> numbers;  // the numbers of the part's classes among all classes
    for (const std::string& name : part.class_names.texts()) {
      numbers.push_back(static_cast<float>(class_numbers.find(name).value_or(0)));
    }
    for (const std::uint32_t number : part.classes) {
      // Numbered as in `like`, or as the part numbered them.
      labels_.push_back(file_.like != nullptr     ? static_cast<float>(number)
                        : number < numbers.size() ? numbers[number]
                                                  : 0.0F);
    }
  }
  info_.features = feature_count(table_->schema);
  info_.label_width = file_.labelled ? label_width(table_->schema) : 0;
  info_.table = table_;
  const std::array parts = {content_digest_, settings_digest()};
  fingerprint_ = digest_of(std::as_bytes(std::span(parts)));
}

void CsvExampleSource::fit(std::span<const TableFacts> facts) {
  auto table = std::make_shared<FittedTable>(*table_);
  std::vector<std::vector<std::string>> lists;
  const auto check_few = [&](const std::vector<std::string>& texts, const std::string& title) {
    if (texts.size() <= kMostCategories) return;
    fail(file_.path, fmt::format("{} has more than {} different values, too many for categories or "
                                 "classes; is it text or a number?",
                                 title, kMostCategories));
  };
  for (std::size_t i = 0; i < table->schema.columns.size(); ++i) {
    TableColumn& column = table->schema.columns[i];
    if (column.role != ColumnRole::category && column.role != ColumnRole::class_name) continue;
    lists.clear();
    for (const TableFacts& part : facts) {
      lists.push_back(column.role == ColumnRole::class_name ? part.class_names.texts()
                                                            : part.categories[i].texts());
    }
    std::vector<std::string> texts = sorted_union(lists);
    const bool has_none = texts.empty();
    check_few(texts, column_title(table->schema, i));
    if (column.role == ColumnRole::category && has_none && !suspicious_) {
      fail(file_.path, fmt::format("every value of {} is missing; ignore it (role: IGNORED)",
                                   column_title(table->schema, i)));
    }
    if (column.role == ColumnRole::class_name) {
      table->schema.class_names = std::move(texts);
    } else {
      keep_frequent(facts, i, std::move(texts), table->rules.min_category_count, column);
      if (!column.categories.empty() || has_none) continue;
      fail(file_.path,
           fmt::format("every category of {} is in fewer than {} rows (min_category_count), and so "
                       "none is left; ignore it (role: IGNORED), or lower the number",
                       column_title(table->schema, i), table->rules.min_category_count));
    }
  }
  table_ = std::move(table);
}

std::string CsvExampleSource::find_all_complaints() {
  Complaints complaints;
  TableRowReader rows = row_reader(true);
  for_each_row(own_records(), rows,
               [&](const CsvRecord& record) { rows.check(record, complaints); });
  return complaints.packed();
}

void CsvExampleSource::throw_complaints(std::span<const std::string> of_parts) const {
  Complaints all;
  for (const std::string& words : of_parts) all.append(Complaints::unpacked(words));
  if (all.empty()) return;
  all.throw_for(file_.path.string(), info_.examples, [&](std::uint64_t field) {
    const auto column = columns_[field - 1];  // only fields of the columns are counted
    return column ? column_title(table_->schema, *column) : fmt::format("column {}", field);
  });
}

// Digest of the settings that decide how the content is understood.
std::uint64_t CsvExampleSource::settings_digest() const {
  Packer packer;
  packer.put(file_.dialect.delimiter);
  packer.put(file_.dialect.header);
  packer.put(table_->rules.when_missing);
  packer.put(table_->rules.unknown_category);
  packer.put_texts(table_->rules.missing_texts);
  for (const TableColumn& column : table_->schema.columns) {
    packer.put(column.role);
    packer.put_text(column.name);
    packer.put_texts(column.categories);
  }
  packer.put_texts(table_->schema.class_names);
  // What only some tables say; the digests of the others are those of earlier builds.
  if (table_->rules.decimal_comma) packer.put_text("decimal_comma");
  for (std::size_t i = 0; i < table_->schema.columns.size(); ++i) {
    const TableColumn& column = table_->schema.columns[i];
    const bool as_table = column.when_missing == table_->rules.when_missing;
    if (as_table && !column.missing_indicator && !column.has_rare) continue;
    packer.put(std::uint64_t{i});
    packer.put(column.when_missing);
    packer.put(column.missing_indicator);
    packer.put(column.has_rare);
  }
  const std::string bytes = packer.take();
  return digest_of(std::as_bytes(std::span(bytes)));
}

// ---- examples ----

Examples CsvExampleSource::read_next(std::uint64_t rows) {
  if (!reading_) reading_.reset(new Reading{own_records(), row_reader(true)});
  Examples examples;
  examples.type = ElementType::f32;
  examples.features = info_.features;
  std::vector<float> row(info_.features);
  while (examples.size() < rows) {
    const auto record = reading_->records.next();
    if (!record) break;
    if (reading_->rows.is_blank(*record)) continue;
    reading_->rows.read_values(*record, row, complaints_);
    const auto bytes = std::as_bytes(std::span(row));
    examples.values.insert(examples.values.end(), bytes.begin(), bytes.end());
    examples.ids.push_back(static_cast<std::uint32_t>(first_example_ + done_++));
  }
  if (done_ > own_examples_ || (examples.size() < rows && done_ < own_examples_)) {
    fail(file_.path, "changed while it was read");
  }
  return examples;
}

Examples CsvExampleSource::read(std::span<const std::uint32_t> ids) {
  check(part_.count == 1, "read() is called only by a sole reader");
  check(std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end(),
        "ids are ascending and distinct");
  check(ids.empty() || ids.back() < info_.examples, "ids are below the number of examples");
  Examples kept;
  kept.type = ElementType::f32;
  kept.features = info_.features;
  kept.label_width = info_.label_width;
  kept.values.reserve(ids.size() * info_.features * sizeof(float));
  kept.ids.assign(ids.begin(), ids.end());
  for (const std::uint32_t id : ids) {
    const auto label = std::span(labels_).subspan(id * info_.label_width, info_.label_width);
    kept.labels.insert(kept.labels.end(), label.begin(), label.end());
  }
  reading_.reset();
  done_ = 0;
  complaints_ = {};
  auto next = ids.begin();
  constexpr std::uint64_t kRows = 256;
  while (true) {
    const Examples some = read_next(kRows);
    if (some.size() == 0) break;
    for (std::uint64_t i = 0; i < some.size() && next != ids.end(); ++i) {
      if (some.ids[i] != *next) continue;
      const std::uint64_t row_bytes = info_.features * sizeof(float);
      const auto row = std::span(some.values).subspan(i * row_bytes, row_bytes);
      kept.values.insert(kept.values.end(), row.begin(), row.end());
      ++next;
    }
  }
  const std::array words = {tell(kValuesRound)};
  hear(kValuesRound, words);
  return kept;
}

std::vector<std::string> CsvExampleSource::places(std::span<const std::uint64_t> examples) {
  std::map<std::uint64_t, std::uint64_t> lines;  // lines of the requested examples
  for (const std::uint64_t example : examples) lines[example] = 0;
  std::uint64_t example = 0;
  const TableRowReader rows = row_reader(true);
  for_each_row({file_.path, first_row_, kToTheEnd}, rows, [&](const CsvRecord& record) {
    if (const auto wanted = lines.find(example++); wanted != lines.end()) {
      wanted->second = record.line;
    }
  });
  std::vector<std::string> places;
  for (const std::uint64_t wanted : examples) {
    places.push_back(fmt::format("{}:{}", file_.path.string(), lines[wanted]));
  }
  return places;
}

}  // namespace lockstep

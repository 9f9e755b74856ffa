#include "data/csv_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "data/cell_hint.h"
#include "data/packing.h"
#include "data/text_number.h"

namespace lockstep {
namespace {

// Packs the texts of vocabularies, in the order of their numbers.
void pack(Packer& packer, const Vocabulary& vocabulary) { packer.put_texts(vocabulary.texts()); }
Vocabulary unpack_vocabulary(Unpacker& unpacker) { return Vocabulary(unpacker.get_texts()); }

constexpr const char* kHeaderHint = "; is the first line a header? header: false says it is not";
constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

// ---- facts ----

std::string TableFacts::packed() const {
  Packer packer;
  packer.put(rows);
  packer.put(std::uint64_t{categories.size()});
  for (const Vocabulary& vocabulary : categories) pack(packer, vocabulary);
  pack(packer, class_names);
  packer.put_all(labels);
  packer.put_all(classes);
  packer.put_all(groups);
  packer.put_text(complaints.packed());
  return packer.take();
}

TableFacts TableFacts::unpacked(std::string_view bytes) {
  Unpacker unpacker(bytes);
  TableFacts facts;
  facts.rows = unpacker.get<std::uint64_t>();
  facts.categories.resize(unpacker.get<std::uint64_t>());
  for (Vocabulary& vocabulary : facts.categories) vocabulary = unpack_vocabulary(unpacker);
  facts.class_names = unpack_vocabulary(unpacker);
  facts.labels = unpacker.get_all<float>();
  facts.classes = unpacker.get_all<std::uint32_t>();
  facts.groups = unpacker.get_all<std::uint64_t>();
  facts.complaints = Complaints::unpacked(unpacker.get_text());
  return facts;
}

// ---- rows ----

TableRowReader::TableRowReader(const TableRules& rules, const TableSchema& schema,
                               std::span<const std::optional<std::size_t>> columns, bool fitted,
                               bool labelled, CsvDialect dialect, Remedy remedy)
    : rules_(rules),
      missing_(rules.missing_texts),
      schema_(schema),
      fitted_(fitted),
      labelled_(labelled),
      has_header_(dialect.header),
      remedy_(remedy),
      splitter_(dialect.delimiter),
      class_names_(schema.class_names),
      replaced_(schema.columns.size()) {
  std::vector<Cell> of_schema;
  std::size_t feature = 0;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const TableColumn& column = schema.columns[i];
    of_schema.push_back({i, column.role, feature, label_width_});
    feature += feature_width(column);
    if (column.role == ColumnRole::label) ++label_width_;
    categories_.emplace_back(column.categories);
  }
  for (const std::optional<std::size_t> column : columns) {
    const Cell cell = column ? of_schema[*column] : Cell{};
    const ColumnRole role = cell.role;
    const bool is_number = role == ColumnRole::number;
    if (is_number || role == ColumnRole::category) inputs_.push_back(cells_.size());
    const bool is_fact = role == ColumnRole::category || role == ColumnRole::label ||
                         role == ColumnRole::class_name || role == ColumnRole::group;
    if (is_fact) others_.push_back(cells_.size());
    cells_.push_back(cell);
  }
}

bool TableRowReader::is_blank(const CsvRecord& record) const {
  return record.text.empty() && !record.too_long && cells_.size() > 1;
}

void TableRowReader::complain(Complaints& complaints, std::size_t field,
                              std::optional<CellLook> look, std::string what) const {
  complaints.add(splitter_.line_of(field), field + 1, std::move(what), look);
}

std::string TableRowReader::in_column(const Cell& cell) const {
  const std::string& name = schema_.columns[cell.schema_column].name;
  return name.empty() ? "" : fmt::format(" (column {})", quoted_text(name));
}

std::span<const std::string_view> TableRowReader::fields_of(const CsvRecord& record,
                                                            Complaints& complaints) {
  if (record.too_long) {
    complaints.add(record.line, 0,
                   fmt::format("a row of more than {} bytes begins here; is a quote missing?",
                               kLongestRecordBytes));
    return {};
  }
  const auto fields = splitter_.split(record);
  if (const auto& fault = splitter_.fault()) {
    // A row may have any number of extra fields; those are not counted by column.
    const bool counts = fault->field < cells_.size();
    complain(complaints, fault->field,
             counts ? std::optional(CellLook{CellKind::misplaced_quote}) : std::nullopt,
             fault->what);
    return {};
  }
  if (fields.size() != cells_.size()) {
    complaints.add(record.line, 0,
                   fmt::format("expected {} fields, found {}", cells_.size(), fields.size()));
    return {};
  }
  return fields;
}

void TableRowReader::complain_of_missing(std::size_t field, std::string_view text,
                                         Complaints& complaints) const {
  const Cell& cell = cells_[field];
  const bool input = cell.role == ColumnRole::number || cell.role == ColumnRole::category;
  const CellLook look{without_blanks(text).empty() ? CellKind::blank : CellKind::missing};
  complain(complaints, field, look,
           fmt::format("a value is missing{}; {}", in_column(cell),
                       !input ? "fill it in, or remove the row"
                       : remedy_ == Remedy::options
                           ? "fill it in, or say --when-missing training_mean"
                           : "fill it in, ignore the column (role: IGNORED), or say "
                             "when_missing: TRAINING_MEAN"));
}

bool TableRowReader::may_be_name(std::size_t field) const {
  return !has_header_ && splitter_.line_of(field) == 1;
}

float TableRowReader::read_label(std::size_t field, std::string_view text, Complaints& complaints) {
  if (missing_.contains(text)) {
    complain_of_missing(field, text, complaints);
    return 0;
  }
  const auto value = parse_float(text);
  if (value) return *value;
  complain(
      complaints, field, look_of(text),
      fmt::format("expected a number, found {}{}{}", quoted_text(text), in_column(cells_[field]),
                  may_be_name(field) ? std::string(kHeaderHint) : hint_for_label(text)));
  return 0;
}

void TableRowReader::add_label(TableFacts& facts) const {
  if (labelled_) facts.labels.resize(facts.labels.size() + label_width_);
}

float& TableRowReader::label_of(const Cell& cell, TableFacts& facts) const {
  return facts.labels[facts.labels.size() - label_width_ + cell.label];
}

void TableRowReader::read_fact(std::size_t field, std::string_view text, TableFacts& facts) {
  const Cell& cell = cells_[field];
  text = without_blanks(text);
  switch (cell.role) {
    case ColumnRole::number:
    case ColumnRole::ignored:
    case ColumnRole::kept:
    case ColumnRole::id:
      return;
    case ColumnRole::category: {
      if (missing_.contains(text)) {
        if (rules_.when_missing == WhenMissing::refuse) {
          complain_of_missing(field, text, facts.complaints);
        }
        return;
      }
      Vocabulary& found = facts.categories[cell.schema_column];
      if (!fitted_) {
        if (found.size() <= kMostCategories) found.number(text);
      } else if (rules_.unknown_category == UnknownCategory::error &&
                 !categories_[cell.schema_column].find(text)) {
        complain(facts.complaints, field, CellLook{CellKind::not_in_training},
                 fmt::format("a category that the training file does not have, {}{}; {} would "
                             "encode it as zeros",
                             quoted_text(text), in_column(cell),
                             remedy_ == Remedy::options ? "--unknown-category all_zero"
                                                        : "unknown_category: ALL_ZERO"));
      }
      return;
    }
    case ColumnRole::label:
      if (labelled_) label_of(cell, facts) = read_label(field, text, facts.complaints);
      return;
    case ColumnRole::class_name: {
      if (!labelled_) return;
      std::uint32_t number = 0;
      if (missing_.contains(text)) {
        complain_of_missing(field, text, facts.complaints);
      } else if (!fitted_) {
        if (facts.class_names.size() <= kMostCategories) number = facts.class_names.number(text);
      } else if (const auto known = class_names_.find(text)) {
        number = *known;
      } else {
        complain(
            facts.complaints, field, CellLook{CellKind::not_in_training},
            fmt::format("a class that the training file does not have, {}{}; it has {}",
                        quoted_text(text), in_column(cell), quoted_names(schema_.class_names)));
      }
      facts.classes.push_back(number);
      return;
    }
    case ColumnRole::group:
      if (!labelled_) return;
      if (missing_.contains(text)) complain_of_missing(field, text, facts.complaints);
      // Two groups have the same digest with probability 2^-64; they would then stay together.
      facts.groups.push_back(digest_of(std::as_bytes(std::span(text))));
      return;
  }
}

void TableRowReader::read_facts(const CsvRecord& record, TableFacts& facts) {
  facts.categories.resize(schema_.columns.size());
  ++facts.rows;
  const auto fields = fields_of(record, facts.complaints);
  if (fields.empty()) return;
  add_label(facts);
  for (const std::size_t i : others_) read_fact(i, fields[i], facts);
}

// ---- values ----

void TableRowReader::read_number(std::size_t field, std::string_view text, float* value,
                                 Complaints& complaints) {
  if (const auto number = parse_float(text)) {
    *value = *number;
    // Numbers may stand for missing ones, such as -999.
    if (!missing_.contains_number(*number)) return;
  }
  *value = kMissing;
  if (missing_.contains(text)) {
    if (rules_.when_missing == WhenMissing::refuse) complain_of_missing(field, text, complaints);
    ++replaced_[cells_[field].schema_column].missing;
    return;
  }
  const char* const limit = is_not_finite_text(text) ? " finite number"
                            : is_beyond_float(text)  ? " number within the range of float"
                                                     : " number";
  complain(
      complaints, field, look_of(text),
      fmt::format("expected a{}, found {}{}{}", limit, quoted_text(text), in_column(cells_[field]),
                  may_be_name(field) ? std::string(kHeaderHint) : hint_for_number(text)));
}

void TableRowReader::read_category(std::size_t field, std::string_view text, float* values) {
  const std::size_t column = cells_[field].schema_column;
  const std::size_t width = schema_.columns[column].categories.size();
  if (missing_.contains(text)) {
    std::fill_n(values, width, kMissing);
    ++replaced_[column].missing;
    return;
  }
  std::fill_n(values, width, 0.0F);
  const auto number = categories_[column].find(without_blanks(text));
  if (number) {
    values[*number] = 1;
  } else {
    ++replaced_[column].unknown;
  }
}

void TableRowReader::read_values(const CsvRecord& record, std::span<float> values,
                                 Complaints& complaints) {
  const auto fields = fields_of(record, complaints);
  if (fields.empty()) return;
  for (const std::size_t i : inputs_) {
    float* const value = &values[cells_[i].first_feature];
    if (cells_[i].role == ColumnRole::number) {
      read_number(i, fields[i], value, complaints);
    } else {
      read_category(i, fields[i], value);
    }
  }
}

std::vector<std::string> TableRowReader::read_texts(const CsvRecord& record,
                                                    std::span<const std::size_t> columns) {
  const auto fields = splitter_.split(record);
  std::vector<std::string> texts;
  for (const std::size_t column : columns) {
    std::string& text = texts.emplace_back();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const bool is_there = cells_[i].role != ColumnRole::ignored;
      if (is_there && cells_[i].schema_column == column) text = fields[i];
    }
  }
  return texts;
}

void TableRowReader::check(const CsvRecord& record, Complaints& complaints) {
  TableFacts facts;
  facts.categories.resize(schema_.columns.size());
  const auto fields = fields_of(record, facts.complaints);
  add_label(facts);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    float unused = 0;
    if (cells_[i].role == ColumnRole::number) {
      read_number(i, fields[i], &unused, facts.complaints);
    } else {
      read_fact(i, fields[i], facts);
    }
  }
  complaints.append(facts.complaints);
}

}  // namespace lockstep

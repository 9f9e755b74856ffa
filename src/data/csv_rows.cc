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

void TableFacts::resize(std::size_t columns) {
  categories.resize(columns);
  category_counts.resize(columns);
}

std::string TableFacts::packed() const {
  Packer packer;
  packer.put(rows);
  packer.put(std::uint64_t{categories.size()});
  for (const Vocabulary& vocabulary : categories) pack(packer, vocabulary);
  for (const auto& counts : category_counts) packer.put_all(counts);
  pack(packer, class_names);
  packer.put_all(labels);
  packer.put_all(classes);
  packer.put_all(groups);
  packer.put_all(weights);
  packer.put_text(complaints.packed());
  return packer.take();
}

TableFacts TableFacts::unpacked(std::string_view bytes) {
  Unpacker unpacker(bytes);
  TableFacts facts;
  facts.rows = unpacker.get<std::uint64_t>();
  facts.resize(unpacker.get<std::uint64_t>());
  for (Vocabulary& vocabulary : facts.categories) vocabulary = unpack_vocabulary(unpacker);
  for (auto& counts : facts.category_counts) counts = unpacker.get_all<std::uint64_t>();
  facts.class_names = unpack_vocabulary(unpacker);
  facts.labels = unpacker.get_all<float>();
  facts.classes = unpacker.get_all<std::uint32_t>();
  facts.groups = unpacker.get_all<std::uint64_t>();
  facts.weights = unpacker.get_all<float>();
  facts.complaints = Complaints::unpacked(unpacker.get_text());
  return facts;
}

// ---- rows ----

TableRowReader::TableRowReader(const TableRules& rules, const TableSchema& schema,
                               std::span<const std::optional<std::size_t>> columns, bool fitted,
                               bool labelled, CsvDialect dialect, Remedy remedy)
    : rules_(rules),
      missing_(rules.missing_texts, rules.decimal_comma),
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
    of_schema.push_back({i, column.role, feature, feature_width(column), label_width_});
    feature += feature_width(column);
    if (column.role == ColumnRole::label) ++label_width_;
    categories_.emplace_back(column.categories);
  }
  for (const std::optional<std::size_t> column : columns) {
    const Cell cell = column ? of_schema[*column] : Cell{};
    const ColumnRole role = cell.role;
    if (is_input(role)) inputs_.push_back(cells_.size());
    const bool is_fact = role == ColumnRole::category || role == ColumnRole::label ||
                         role == ColumnRole::class_name || role == ColumnRole::group ||
                         role == ColumnRole::weight;
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
  const CellLook look{without_blanks(text).empty() ? CellKind::blank : CellKind::missing};
  complain(complaints, field, look,
           fmt::format("a value is missing{}; {}", in_column(cell),
                       !is_input(cell.role) ? "fill it in, or remove the row"
                       : remedy_ == Remedy::options
                           ? "fill it in, or say --when-missing training_mean"
                           : "fill it in, ignore the column (role: IGNORED), or say "
                             "when_missing: TRAINING_MEAN"));
}

bool TableRowReader::may_be_name(std::size_t field) const {
  return !has_header_ && splitter_.line_of(field) == 1;
}

std::string TableRowReader::number_hint(std::size_t field, std::string_view text) const {
  if (may_be_name(field)) return kHeaderHint;
  const bool has_point = parse_float(text) || look_of(text).kind == CellKind::thousands;
  if (rules_.decimal_comma && has_point) {
    return "; decimal_comma: true allows no point in a number, also not between thousands";
  }
  if (cells_[field].role == ColumnRole::weight) return hint_for_weight(text);
  return is_input(cells_[field].role) ? hint_for_number(text) : hint_for_label(text);
}

float TableRowReader::read_label(std::size_t field, std::string_view text, Complaints& complaints) {
  if (missing_.contains(text)) {
    complain_of_missing(field, text, complaints);
    return 0;
  }
  const auto value = parse_float(text, rules_.decimal_comma);
  if (value) return *value;
  complain(complaints, field, look_of(text),
           fmt::format("expected a number, found {}{}{}", quoted_text(text),
                       in_column(cells_[field]), number_hint(field, text)));
  return 0;
}

float TableRowReader::read_weight(std::size_t field, std::string_view text,
                                  Complaints& complaints) {
  const float weight = read_label(field, text, complaints);
  if (weight >= 0) return weight;
  complain(complaints, field, std::nullopt,
           fmt::format("expected a weight, 0 or more, found {}{}", quoted_text(text),
                       in_column(cells_[field])));
  return 0;
}

void TableRowReader::add_label(TableFacts& facts) const {
  if (labelled_) facts.labels.resize(facts.labels.size() + label_width_);
}

float& TableRowReader::label_of(const Cell& cell, TableFacts& facts) const {
  return facts.labels[facts.labels.size() - label_width_ + cell.label];
}

void TableRowReader::read_category_fact(std::size_t field, std::string_view text,
                                        TableFacts& facts) {
  const std::size_t number = cells_[field].schema_column;
  const TableColumn& column = schema_.columns[number];
  if (missing_.contains(text)) {
    if (column.when_missing == WhenMissing::refuse) {
      complain_of_missing(field, text, facts.complaints);
    }
  } else if (!fitted_) {
    Vocabulary& found = facts.categories[number];
    if (found.size() > kMostCategories) return;
    const std::uint32_t category = found.number(text);
    std::vector<std::uint64_t>& counts = facts.category_counts[number];
    counts.resize(found.size());
    ++counts[category];
  } else if (rules_.unknown_category == UnknownCategory::error && !column.has_rare &&
             !categories_[number].find(text)) {
    complain(facts.complaints, field, CellLook{CellKind::not_in_training},
             fmt::format("a category that the training file does not have, {}{}; {} would "
                         "encode it as zeros",
                         quoted_text(text), in_column(cells_[field]),
                         remedy_ == Remedy::options ? "--unknown-category all_zero"
                                                    : "unknown_category: ALL_ZERO"));
  }
}

std::uint32_t TableRowReader::read_class(std::size_t field, std::string_view text,
                                         TableFacts& facts) {
  if (missing_.contains(text)) {
    complain_of_missing(field, text, facts.complaints);
    return 0;
  }
  if (!fitted_) {
    return facts.class_names.size() <= kMostCategories ? facts.class_names.number(text) : 0;
  }
  if (const auto known = class_names_.find(text)) return *known;
  complain(
      facts.complaints, field, CellLook{CellKind::not_in_training},
      fmt::format("a class that the training file does not have, {}{}; it has {}",
                  quoted_text(text), in_column(cells_[field]), quoted_names(schema_.class_names)));
  return 0;
}

void TableRowReader::read_fact(std::size_t field, std::string_view text, TableFacts& facts) {
  const Cell& cell = cells_[field];
  text = without_blanks(text);
  switch (cell.role) {
    case ColumnRole::number:
    case ColumnRole::ordinal:
    case ColumnRole::ignored:
    case ColumnRole::kept:
    case ColumnRole::id:
      return;
    case ColumnRole::category:
      read_category_fact(field, text, facts);
      return;
    case ColumnRole::label:
      if (labelled_) label_of(cell, facts) = read_label(field, text, facts.complaints);
      return;
    case ColumnRole::class_name:
      if (labelled_) facts.classes.push_back(read_class(field, text, facts));
      return;
    case ColumnRole::group:
      if (!labelled_) return;
      if (missing_.contains(text)) complain_of_missing(field, text, facts.complaints);
      // Two groups have the same digest with probability 2^-64; they would then stay together.
      facts.groups.push_back(digest_of(std::as_bytes(std::span(text))));
      return;
    case ColumnRole::weight:
      if (labelled_) facts.weights.push_back(read_weight(field, text, facts.complaints));
      return;
  }
}

void TableRowReader::read_facts(const CsvRecord& record, TableFacts& facts) {
  facts.resize(schema_.columns.size());
  ++facts.rows;
  const auto fields = fields_of(record, facts.complaints);
  if (fields.empty()) return;
  add_label(facts);
  for (const std::size_t i : others_) read_fact(i, fields[i], facts);
}

// ---- values ----

void TableRowReader::note_missing(std::size_t field, std::string_view text,
                                  Complaints& complaints) {
  const std::size_t column = cells_[field].schema_column;
  if (schema_.columns[column].when_missing == WhenMissing::refuse) {
    complain_of_missing(field, text, complaints);
  }
  ++replaced_[column].missing;
}

bool TableRowReader::read_number(std::size_t field, std::string_view text, float& value,
                                 Complaints& complaints) {
  if (const auto number = parse_float(text, rules_.decimal_comma)) {
    value = *number;
    // Numbers may stand for missing ones, such as -999.
    if (!missing_.contains_number(*number)) return false;
  }
  value = kMissing;
  if (missing_.contains(text)) {
    note_missing(field, text, complaints);
    return true;
  }
  const char* const limit = is_not_finite_text(text) ? " finite number"
                            : is_beyond_float(text)  ? " number within the range of float"
                                                     : " number";
  complain(complaints, field, look_of(text),
           fmt::format("expected a{}, found {}{}{}", limit, quoted_text(text),
                       in_column(cells_[field]), number_hint(field, text)));
  return false;
}

bool TableRowReader::read_category(std::size_t field, std::string_view text,
                                   std::span<float> values) {
  const std::size_t column = cells_[field].schema_column;
  if (missing_.contains(text)) {
    std::ranges::fill(values, kMissing);
    ++replaced_[column].missing;  // complained of among the facts, if it is refused
    return true;
  }
  std::ranges::fill(values, 0.0F);
  if (const auto number = categories_[column].find(without_blanks(text))) {
    values[*number] = 1;
    return false;
  }
  if (schema_.columns[column].has_rare) values.back() = 1;
  ++replaced_[column].unknown;
  return false;
}

bool TableRowReader::read_ordinal(std::size_t field, std::string_view text, float& value,
                                  Complaints& complaints) {
  const std::size_t column = cells_[field].schema_column;
  value = kMissing;
  if (missing_.contains(text)) {
    note_missing(field, text, complaints);
    return true;
  }
  if (const auto place = categories_[column].find(without_blanks(text))) {
    value = static_cast<float>(*place);
    return false;
  }
  complain(complaints, field, CellLook{CellKind::not_in_order},
           fmt::format("expected a text of the column's order, found {}{}; it has {}{}",
                       quoted_text(text), in_column(cells_[field]),
                       quoted_names(schema_.columns[column].categories),
                       may_be_name(field) ? kHeaderHint : ""));
  return false;
}

bool TableRowReader::read_input(std::size_t field, std::string_view text, std::span<float> values,
                                Complaints& complaints) {
  switch (cells_[field].role) {
    case ColumnRole::category:
      return read_category(field, text, values);
    case ColumnRole::ordinal:
      return read_ordinal(field, text, values.front(), complaints);
    default:
      return read_number(field, text, values.front(), complaints);
  }
}

void TableRowReader::read_values(const CsvRecord& record, std::span<float> values,
                                 Complaints& complaints) {
  const auto fields = fields_of(record, complaints);
  if (fields.empty()) return;
  for (const std::size_t i : inputs_) {
    const Cell& cell = cells_[i];
    const auto of_cell = values.subspan(cell.first_feature, cell.features);
    const bool has_indicator = schema_.columns[cell.schema_column].missing_indicator;
    const auto of_value = of_cell.first(cell.features - (has_indicator ? 1 : 0));
    const bool missing = read_input(i, fields[i], of_value, complaints);
    if (has_indicator) of_cell.back() = missing ? 1.0F : 0.0F;
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
  facts.resize(schema_.columns.size());
  const auto fields = fields_of(record, facts.complaints);
  add_label(facts);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    float unused = 0;
    const ColumnRole role = cells_[i].role;
    if (role == ColumnRole::number || role == ColumnRole::ordinal) {
      read_input(i, fields[i], {&unused, 1}, facts.complaints);
    } else {
      read_fact(i, fields[i], facts);
    }
  }
  complaints.append(facts.complaints);
}

}  // namespace lockstep

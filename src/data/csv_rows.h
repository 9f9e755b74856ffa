#pragma once
// The rows of a table, cell by cell: first the facts about all of them (labels, groups,
// categories), then their values.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/complaints.h"
#include "data/csv_fields.h"
#include "data/missing_fields.h"
#include "data/table.h"
#include "data/vocabulary.h"

namespace lockstep {

// Each category becomes a feature; a column with more different values holds text.
inline constexpr std::size_t kMostCategories = 10000;

// Facts about consecutive rows, other than their values.
struct TableFacts {
  std::uint64_t rows = 0;
  std::vector<Vocabulary> categories;  // one for each column of the schema
  // The number of rows with each of these categories.
  std::vector<std::vector<std::uint64_t>> category_counts;
  Vocabulary class_names;
  std::vector<float> labels;           // [rows, width], of label columns
  std::vector<std::uint32_t> classes;  // [rows] numbers in class_names, of a class_name column
  std::vector<std::uint64_t> groups;   // [rows], of a group column
  std::vector<float> weights;          // [rows], of a weight column
  Complaints complaints;

  // Makes room for the categories of `columns` columns.
  void resize(std::size_t columns);

  [[nodiscard]] std::string packed() const;
  static TableFacts unpacked(std::string_view bytes);
};

// What a complaint tells a person to change about the rules of a table.
enum class Remedy { job_fields, options };  // options of `predict` and `evaluate`

// Reads the rows of one file. After a complaint it continues with the next cell, so that
// all errors of a file are found, in its order.
class TableRowReader {
 public:
  // `columns`: the schema's column for each column of the file (matching_columns()), or
  // none, in which case its content is ignored.
  // `fitted`: only the categories and class names of the schema are allowed; otherwise
  // they are collected from the file. `labelled`: labels, class names, groups and weights are read.
  TableRowReader(const TableRules& rules, const TableSchema& schema,
                 std::span<const std::optional<std::size_t>> columns, bool fitted, bool labelled,
                 CsvDialect dialect, Remedy remedy = Remedy::job_fields);

  // Whether a record is not a row: an empty line in a table of several columns.
  [[nodiscard]] bool is_blank(const CsvRecord& record) const;

  // Reads everything in a row except its values.
  void read_facts(const CsvRecord& record, TableFacts& facts);

  // Reads the values of a row: [features]. Categories must be known.
  void read_values(const CsvRecord& record, std::span<float> values, Complaints& complaints);

  // The cells of `columns`, which are columns of the schema, as the row has them; empty where the
  // file lacks the column. For a row without complaints.
  std::vector<std::string> read_texts(const CsvRecord& record,
                                      std::span<const std::size_t> columns);

  // How many cells of each column of the schema read_values() has replaced so far.
  struct Replaced {
    std::uint64_t missing = 0;  // cells that have no value
    std::uint64_t unknown = 0;  // categories that the schema does not have
  };
  [[nodiscard]] std::span<const Replaced> replaced() const { return replaced_; }

  // Adds a complaint for each error in the row, in the order of its cells.
  void check(const CsvRecord& record, Complaints& complaints);

 private:
  struct Cell {
    std::size_t schema_column = 0;
    ColumnRole role = ColumnRole::ignored;
    std::size_t first_feature = 0;
    std::size_t features = 0;
    std::size_t label = 0;  // which value of the label
  };

  // The fields of a well-formed record; otherwise complains and returns nothing.
  std::span<const std::string_view> fields_of(const CsvRecord& record, Complaints& complaints);
  void complain(Complaints& complaints, std::size_t field, std::optional<CellLook> look,
                std::string what) const;
  // " (column \"age\")"
  [[nodiscard]] std::string in_column(const Cell& cell) const;

  // Makes room for the label of one more row. The values of label columns are in the order
  // of the schema, whatever the order of the file.
  void add_label(TableFacts& facts) const;
  float& label_of(const Cell& cell, TableFacts& facts) const;
  void read_fact(std::size_t field, std::string_view text, TableFacts& facts);
  void read_category_fact(std::size_t field, std::string_view text, TableFacts& facts);
  // The number of a class; 0 after a complaint.
  std::uint32_t read_class(std::size_t field, std::string_view text, TableFacts& facts);
  // Each reads the values of an input without its missing_indicator, and returns whether the value
  // is missing.
  bool read_input(std::size_t field, std::string_view text, std::span<float> values,
                  Complaints& complaints);
  bool read_number(std::size_t field, std::string_view text, float& value, Complaints& complaints);
  bool read_category(std::size_t field, std::string_view text, std::span<float> values);
  bool read_ordinal(std::size_t field, std::string_view text, float& value, Complaints& complaints);
  // For an input that has no value: complains if that is refused.
  void note_missing(std::size_t field, std::string_view text, Complaints& complaints);
  // A hint for the message about a cell that is not a number.
  [[nodiscard]] std::string number_hint(std::size_t field, std::string_view text) const;
  float read_label(std::size_t field, std::string_view text, Complaints& complaints);
  float read_weight(std::size_t field, std::string_view text, Complaints& complaints);
  void complain_of_missing(std::size_t field, std::string_view text, Complaints& complaints) const;
  // Whether a cell of the first line may be a name, in a file without header.
  [[nodiscard]] bool may_be_name(std::size_t field) const;

  const TableRules& rules_;
  MissingFields missing_;
  const TableSchema& schema_;
  bool fitted_;
  bool labelled_;
  bool has_header_;
  Remedy remedy_;
  CsvSplitter splitter_;
  std::vector<Cell> cells_;          // the cells of the file's columns
  std::vector<std::size_t> inputs_;  // the cells that have values
  std::vector<std::size_t> others_;  // the cells that hold facts
  std::size_t label_width_ = 0;
  std::vector<Vocabulary> categories_;  // one for each column of the schema, if known
  Vocabulary class_names_;
  std::vector<Replaced> replaced_;  // one for each column of the schema
};

}  // namespace lockstep

#pragma once
// Tables in text files (CSV, TSV; RFC 4180, gzip or not, recognized by content) as
// examples: numbers and one-hot categories, values f32.
//
// The file is read three times. The first pass counts quotes and lines, which tells every
// reader where its part begins (data/csv_records.h), and digests the content. The second
// finds facts: the categories, which determine the features, and the labels and groups,
// which the split may need. The third reads the values. Readers share the first two
// passes; gzip cannot be divided, so the reader of part 0 reads all of it.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/csv_records.h"
#include "data/csv_rows.h"
#include "data/source.h"
#include "data/table.h"

namespace lockstep {

// Parts begin at multiples of this size, and blocks of it are digested one by one.
inline constexpr std::uint64_t kCsvBlockBytes = std::uint64_t{1} << 16;

struct CsvFile {
  std::filesystem::path path;
  CsvDialect dialect;
  TableRules rules;  // the rules of a training file
  // If not null, the file is read by the rules, columns, categories and class names of this
  // training table. Null: this is a training file.
  std::shared_ptr<const FittedTable> like = nullptr;
  bool labelled = true;  // false: to predict; label columns may be absent
};

struct CsvPart {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
  std::uint64_t block_bytes = kCsvBlockBytes;
};

class CsvExampleSource : public PartedSource {
 public:
  // A sole reader (one part) surveys the file at once. Otherwise info() is valid after
  // the rounds of the survey.
  explicit CsvExampleSource(CsvFile file, CsvPart part = {});

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override { return labels_; }
  std::vector<std::uint64_t> read_groups() override { return groups_; }
  std::vector<float> read_weights() override { return weights_; }
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override { return fingerprint_; }
  std::vector<std::string> places(std::span<const std::uint64_t> examples) override;

  std::string tell(int round) override;
  void hear(int round, std::span<const std::string> of_parts) override;
  Examples read_next(std::uint64_t rows) override;

 private:
  void read_header();
  // Adds notices to info().
  void tell_of_columns(const TableHeader& header, const ColumnMatch& match);
  [[nodiscard]] Range own_bytes() const;
  [[nodiscard]] TableRowReader row_reader(bool fitted) const;
  [[nodiscard]] CsvRecordReader own_records() const;
  template <typename Use>
  void for_each_row(CsvRecordReader records, const TableRowReader& rows, const Use& use) const;

  [[nodiscard]] std::string count_part() const;
  void place_parts(std::span<const std::string> of_parts);
  [[nodiscard]] std::string find_facts();
  void join_facts(std::span<const std::string> of_parts);
  void fit(std::span<const TableFacts> facts);
  [[nodiscard]] std::string find_all_complaints();
  void throw_complaints(std::span<const std::string> of_parts) const;
  [[nodiscard]] std::uint64_t settings_digest() const;

  CsvFile file_;
  CsvPart part_;
  bool compressed_ = false;
  std::uint64_t file_bytes_ = 0;
  CsvPosition first_row_;  // after the header
  std::vector<std::optional<std::size_t>>
      columns_;  // the schema's column for each column of the file
  std::shared_ptr<const FittedTable> table_;
  CsvPosition begin_;      // where this part begins
  std::uint64_t end_ = 0;  // byte where it ends
  std::uint64_t content_digest_ = 0;
  std::uint64_t fingerprint_ = 0;
  std::uint64_t first_example_ = 0;  // number of the first example of this part
  std::uint64_t own_examples_ = 0;
  bool suspicious_ = false;  // the facts of some part have complaints
  std::vector<float> labels_;
  std::vector<std::uint64_t> groups_;
  std::vector<float> weights_;
  SourceInfo info_;

  // State while examples are read.
  struct Reading {
    CsvRecordReader records;
    TableRowReader rows;
  };
  std::unique_ptr<Reading> reading_;  // null before the first example
  std::uint64_t done_ = 0;
  Complaints complaints_;
};

}  // namespace lockstep

#pragma once
// Predictions as text for people and other programs: which columns they have, and how each format
// writes them.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "evaluate/predict.h"
#include "model/prediction_columns.h"
#include "model/saved_model.h"

namespace lockstep {

enum class PredictionFormat { csv, tsv, jsonl, npy };
enum class ShownProbabilities { all, top, none };

struct PredictionStyle {
  PredictionFormat format = PredictionFormat::csv;
  ShownProbabilities probabilities = ShownProbabilities::all;
  std::uint64_t top = 1;           // number of classes that ShownProbabilities::top shows
  std::optional<float> threshold;  // the smallest probability of a yes; none: above 1/2
};

class PredictionTable {
 public:
  // Throws Error(usage) if the style does not fit the predictions of the model, and Error(data) if
  // two columns would have the same name.
  PredictionTable(const SavedModel& model, const PredictionStyle& style);

  // The text before the rows; empty for a format without one.
  [[nodiscard]] std::string header() const;
  // The rows of a block; for npy the bytes of their numbers, f32 [B, columns].
  [[nodiscard]] std::string rows(const PredictionBlock& block) const;
  // The number of columns that npy writes: probabilities or values, or decisions alone.
  [[nodiscard]] std::uint64_t number_columns() const { return number_columns_; }

 private:
  using Cell = std::variant<std::string, std::uint64_t, float>;
  [[nodiscard]] std::vector<PredictionColumn> shown_values(const SavedModel& model) const;
  [[nodiscard]] std::vector<Cell> cells(const PredictionBlock& block, std::uint64_t row) const;
  [[nodiscard]] std::vector<std::uint64_t> decisions(const PredictionBlock& block,
                                                     std::uint64_t row) const;
  [[nodiscard]] Cell class_cell(std::uint64_t number) const;
  [[nodiscard]] std::string delimited(const std::vector<Cell>& cells) const;
  [[nodiscard]] std::string object(const std::vector<Cell>& cells) const;
  void require_style_fits() const;
  [[nodiscard]] std::string numbers(const PredictionBlock& block) const;

  PredictionStyle style_;
  std::uint64_t outputs_ = 0;
  bool decides_ = false;  // there are classes; otherwise values
  bool by_unit_ = false;  // each unit answers yes or no
  std::vector<std::string> class_names_;
  bool has_kept_ = false;
  bool has_lines_ = false;
  std::vector<std::string> names_;  // of all columns
  std::uint64_t number_columns_ = 0;
};

}  // namespace lockstep

#pragma once
// The columns of predictions and their names, which follow from the network's output and from the
// training table. Nothing here communicates.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/table.h"
#include "nn/spec.h"

namespace lockstep {

struct SavedModel;

// The answers of a network for an example.
struct AnswerKind {
  Loss loss = Loss::softmax_cross_entropy;
  std::uint64_t units = 0;        // of the output
  std::uint64_t label_width = 0;  // values per label

  // Whether there are decisions about classes; otherwise values.
  [[nodiscard]] bool decides() const { return !predicts_values(loss); }
  // Whether each unit answers yes or no by itself: see decides_by_unit().
  [[nodiscard]] bool by_unit() const { return loss == Loss::logistic && label_width == units; }
};

AnswerKind answers_of(const SavedModel& model);
// The columns of the model's table; null for other formats.
const TableSchema* schema_of(const SavedModel& model);

struct PredictionColumn {
  std::string name;
  std::string content;  // "the kept column \"note\"", for messages
};

// What tells which example a row is of: kept columns, or numbers. `table`: null for other formats.
std::vector<PredictionColumn> place_columns(const TableSchema* table);
// The decided classes, or yes or no of each unit; none for values.
std::vector<PredictionColumn> decision_columns(const AnswerKind& kind, const TableSchema* table);
// The columns of the network's output: [units] probabilities or values.
std::vector<PredictionColumn> value_columns(const AnswerKind& kind, const TableSchema* table);

std::vector<std::string> names_of(std::span<const PredictionColumn> columns);

// Throws Error(data) if two columns have the same name.
void require_different_names(std::span<const PredictionColumn> columns);

// Throws Error(data) if predictions with all columns would have two of the same name.
void check_prediction_columns(const AnswerKind& kind, const TableSchema& table);

}  // namespace lockstep

#pragma once
// The predictions of a cross-validation: for each example, that of the model whose test fold it is
// in. One rank only.

#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/evaluate_checkpoint.h"
#include "model/prediction_columns.h"
#include "model/saved_model.h"
#include "report/prediction_table.h"

namespace lockstep {

// The columns of the file: repeat, fold, the true label, and those of `predict`.
std::vector<PredictionColumn> fold_prediction_columns(const AnswerKind& kind,
                                                      const TableSchema* table);

class FoldPredictions {
 public:
  // `model`: of any fold of a job with `examples` examples to divide. Reads the ID and KEPT columns
  // of a table, again from its file. Throws Error(data) if two columns would have the same name, or
  // if the file does not have these examples any more.
  FoldPredictions(const SavedModel& model, std::uint64_t examples, std::uint32_t repeats);

  // Takes the answers of the model of one fold.
  void add(std::uint32_t repeat, std::uint32_t fold, const TestAnswers& answers);

  // predictions.csv: a header, and a row for each example in the order of the source, repeat after
  // repeat. Only after every fold of every repeat was added.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::string row(std::uint32_t repeat, std::uint32_t fold,
                                const TestAnswers& answers, std::uint64_t index) const;

  PredictionTable table_;
  std::vector<std::string> class_names_;
  std::string header_;
  std::uint64_t examples_ = 0;
  std::vector<std::uint64_t> lines_;            // [examples] of a table
  std::vector<std::vector<std::string>> kept_;  // [examples] of a table
  std::vector<std::string> rows_;               // [repeats * examples]
};

}  // namespace lockstep

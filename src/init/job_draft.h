#pragma once
// The plan of a job for a table: what each column is, and how to train. Pure.

#include <optional>
#include <string>
#include <vector>

#include "init/column_guess.h"
#include "init/table_survey.h"
#include "init/training_guess.h"

namespace lockstep {

// What the user says about the columns. Each is a name, or a number from 1 for a column without
// one.
struct DraftRequest {
  std::string file;  // as the job names it
  std::string name;  // of the job
  std::vector<std::string> targets = {};
  std::vector<std::string> ids = {};
  std::vector<std::string> ignored = {};
  std::string group = {};                       // "": none
  std::optional<TargetKind> kind = {};          // of the target; nothing: guessed
  std::vector<std::string> missing_texts = {};  // that the user gave
};

// A column that the job names.
struct DraftColumn {
  ColumnRule rule;
  std::string title;        // `column "age"`
  std::string reason = {};  // a sentence without its end, for a comment
};

// What a job does about rows whose inputs another row has, too. They would be in the training set
// and in dev or test.
enum class RepeatedRows {
  few,
  natural,   // all inputs have few values: they are allowed
  together,  // they may be copies: the split keeps them together
};

struct JobDraft {
  std::string name;
  std::string file;
  CsvDialect dialect;
  bool decimal_comma = false;
  std::uint64_t rows = 0;
  std::uint64_t all_columns = 0;
  std::vector<DraftColumn> columns;  // in the order of the file; the others are numbers
  std::vector<std::string> missing_texts;
  bool fills = false;  // some input has missing values
  bool by_group = false;
  std::vector<std::size_t> inputs;  // columns of the file, from 0
  RepeatedRows repeats = RepeatedRows::few;
  std::uint64_t repeated_rows = 0;
  std::uint64_t targets = 0;
  TableSize size;
  TrainingGuess training;
  std::vector<std::string> hints;  // whole sentences about guesses that the user should check
};

// Throws Error(usage) when a name is not a column, or a column is given two roles; Error(data) when
// the table cannot be learned from.
JobDraft draft_job(const TableSurvey& survey, const DraftRequest& request);

// Takes account of `repeated` rows whose inputs another row has, too.
void note_repeated_rows(JobDraft& draft, const TableSurvey& survey, std::uint64_t repeated);

}  // namespace lockstep

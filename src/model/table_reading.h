#pragma once
// How a saved model reads a new table: as its training table, except for what a person says.

#include <optional>

#include "data/spec.h"
#include "model/saved_model.h"
#include "model/table_state.h"

namespace lockstep {

// What may differ from the rules with which a table was read in training.
struct TableReading {
  std::optional<WhenMissing> when_missing = std::nullopt;
  std::optional<UnknownCategory> unknown_category = std::nullopt;
  bool refuse_new_columns = false;  // instead of a notice
};

// The table of a model of tables, with the rules of `reading`. Throws Error(usage) if missing
// values are to be replaced by means that the model does not keep.
TableState table_to_read(const SavedModel& model, const TableReading& reading);

// Throws Error(usage) if `reading` says anything and the model was not trained on a table.
void require_table(const SavedModel& model, const TableReading& reading);

}  // namespace lockstep

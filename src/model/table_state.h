#pragma once
// What a model keeps of the tables on which it was trained: enough to read other tables in the
// same way.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "config/job.h"
#include "data/examples.h"
#include "data/table.h"

namespace lockstep {

struct TableState {
  std::shared_ptr<const FittedTable> fitted;
  // [features], for missing values; empty: no value may be missing
  std::vector<float> fill_values;

  // Replaces missing values.
  void fill(Examples& examples) const;
};

// Names of a model's classes, by number; empty when they have none.
std::vector<std::string> class_names_of(const std::optional<TableState>& table);

// Converts to a checkpoint's table and back. `job` is the job of the checkpoint; it has the rules.
// Throws Error(data) for a state that does not fit it or `features`.
SavedTable to_saved(const TableState& table);
std::optional<TableState> from_saved(const std::optional<SavedTable>& saved, const Job& job,
                                     std::uint64_t features);

}  // namespace lockstep

#pragma once
// What a model keeps of the tables it was trained on: enough to read others as
// those were read.

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
  std::vector<float> means;  // [features] for missing values; empty: none may be missing

  // Replaces missing values.
  void fill(Examples& examples) const;
};

// Names of a model's classes, by number; empty when they have none.
std::vector<std::string> class_names_of(const std::optional<TableState>& table);

// To a checkpoint and back. `job` is the one that the checkpoint was trained by; it
// has the rules. Throws Error(data) for a state that does not fit it or `features`.
SavedTable to_saved(const TableState& table);
std::optional<TableState> from_saved(const std::optional<SavedTable>& saved, const Job& job,
                                     std::uint64_t features);

}  // namespace lockstep

#pragma once
// The options of commands that read a new table for a saved model.

#include <string>

#include <CLI/CLI.hpp>

#include "model/table_reading.h"

namespace lockstep {

struct TableOptions {
  std::string when_missing;      // empty: as in training
  std::string unknown_category;  // empty: as in training
  bool refuse_new_columns = false;
};

// Adds --when-missing, --unknown-category and --refuse-new-columns.
void add_table_options(CLI::App& command, TableOptions& options);

// What the options say.
TableReading reading_of(const TableOptions& options);

}  // namespace lockstep

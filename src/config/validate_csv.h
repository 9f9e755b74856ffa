#pragma once
// Validation of tables in text files (data.*.csv), separately and together.

#include <string>

#include "config/value_checks.h"

namespace lockstep {

namespace proto {
class Csv;
class Data;
}  // namespace proto

// Checks the table at `path` separately.
void check_csv(const ValueChecks& checks, const proto::Csv& csv, const std::string& path);

// Checks all sources together: the training source defines the columns, and either all
// sets are tables or none.
void check_tables(const ValueChecks& checks, const proto::Data& data);

}  // namespace lockstep

#pragma once
// Whether tables in text files (data.*.csv) make sense, one by one and together.

#include <string>

#include "config/value_checks.h"

namespace lockstep {

namespace proto {
class Csv;
class Data;
}  // namespace proto

// The table at `path`, by itself.
void check_csv(const ValueChecks& checks, const proto::Csv& csv, const std::string& path);

// All sources together: the training source says what columns mean, and a table goes
// with tables.
void check_tables(const ValueChecks& checks, const proto::Data& data);

}  // namespace lockstep

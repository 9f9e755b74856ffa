#pragma once
// The questions that validation asks of single values, and how it complains.

#include <cstdint>
#include <string>
#include <string_view>

#include "config/origins.h"
#include "config/problems.h"

namespace google::protobuf {
class Descriptor;
}

namespace lockstep {

// Every check adds at most one problem, at the place where the field at `path`
// was written, or where the message is that lacks it.
class ValueChecks {
 public:
  ValueChecks(const Origins& origins, Problems& problems);

  // "<path> is missing; expected <expected>". False when it is not there.
  bool present(bool is_there, const std::string& path, std::string_view expected) const;

  void positive(const std::string& path, double value) const;      // and finite
  void not_negative(const std::string& path, double value) const;  // and finite

  // Numbers that are used in float: what would be 0, infinite or denormal there (and
  // so flushed to 0) is not what was written.
  void positive_float(const std::string& path, double value) const;
  void not_negative_float(const std::string& path, double value) const;
  void any_float(const std::string& path, double value) const;  // of either sign, or 0

  void keep_prob(const std::string& path, double value) const;  // (0, 1] in 1/65536ths
  void chance(const std::string& path, double value) const;     // [0, 1]
  void decay(const std::string& path, double value) const;      // [0, 1), as float too
  void fraction(const std::string& path, double value) const;   // (0, 1)
  void between(const std::string& path, double value, double low, double high) const;
  void at_least(const std::string& path, std::uint64_t value, std::uint64_t minimum) const;

  // "<path> is <value>; expected <expected>" unless it holds.
  void require(bool holds, const std::string& path, std::string_view value,
               std::string_view expected) const;

  // Anything else that is wrong with the field at `path`.
  void complain(const std::string& path, std::string message) const;

  // Whether the value is what the user wants: not the default that stands in
  // for something unreadable. Checks that compare fields ask first.
  [[nodiscard]] bool trusted(const std::string& path) const { return !origins_.failed(path); }

  // Whether the job or an override gave the field, well or badly; otherwise it has its
  // default, or another source's value.
  [[nodiscard]] bool written(const std::string& path) const { return origins_.written(path); }

  // Whether an override (--set) gave the field.
  [[nodiscard]] bool overridden(const std::string& path) const;

 private:
  // Of a number other than 0.
  void in_float(const std::string& path, double value, std::string_view allowed_besides = "") const;

  const Origins& origins_;
  Problems& problems_;
};

// Complains that the oneof of the message at `path` ("": of the file) is empty, unless one of its
// members was tried in vain, which has been told already.
void check_choice(const ValueChecks& checks, bool is_set, const std::string& path,
                  const google::protobuf::Descriptor& type, const char* oneof_name);

// Of a run, in the field `name`: `example` is such a name.
void check_run_name(const ValueChecks& checks, bool is_there, const std::string& name,
                    std::string_view example);

}  // namespace lockstep

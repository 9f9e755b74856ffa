#pragma once
// Checks of single values for validation, which report problems.

#include <string>
#include <string_view>

#include "config/origins.h"
#include "config/problems.h"

namespace google::protobuf {
class Descriptor;
}

namespace lockstep {

// Every check adds at most one problem, at the place where the field at `path`, or the
// message that lacks it, was written.
class ValueChecks {
 public:
  ValueChecks(const Origins& origins, Problems& problems);

  // Reports "<path> is missing; expected <expected>" and returns false unless `is_there`.
  bool present(bool is_there, const std::string& path, std::string_view expected) const;

  // Reports "<path> is <value>; expected <expected>" unless `holds`.
  void require(bool holds, const std::string& path, std::string_view value,
               std::string_view expected) const;

  // Reports any other problem of the field at `path`, unless its value could not be read.
  void complain(const std::string& path, std::string message) const;

  // Whether the value is the user's, and not a default in place of an unreadable value.
  // Checks that compare fields call this first.
  [[nodiscard]] bool trusted(const std::string& path) const { return !origins_.failed(path); }

  // Whether the job or an override gave the field, valid or not. Otherwise it has its
  // default, or another source's value.
  [[nodiscard]] bool written(const std::string& path) const { return origins_.written(path); }

  // Whether an override (--set) gave the field.
  [[nodiscard]] bool overridden(const std::string& path) const;

 private:
  const Origins& origins_;
  Problems& problems_;
};

// Reports that the oneof of the message at `path` ("": of the file) is empty, unless one of its
// members was given with an invalid value, which has been reported already.
void check_choice(const ValueChecks& checks, bool is_set, const std::string& path,
                  const google::protobuf::Descriptor& type, const char* oneof_name);

}  // namespace lockstep

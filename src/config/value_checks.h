#pragma once
// The questions that validation asks of single values, and how it complains.

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
  const Origins& origins_;
  Problems& problems_;
};

// Complains that the oneof of the message at `path` ("": of the file) is empty, unless one of its
// members was tried in vain, which has been told already.
void check_choice(const ValueChecks& checks, bool is_set, const std::string& path,
                  const google::protobuf::Descriptor& type, const char* oneof_name);

// Complains about a name of a run, in the field `name`, that cannot name its directory.
void check_run_name(const ValueChecks& checks, const std::string& name);

}  // namespace lockstep

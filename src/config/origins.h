#pragma once
// Where each field of a job was written, by path ("network.layer[0].units").

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/problems.h"

namespace lockstep {

// A field that one override set and a later one set again, or dropped.
struct ReplacedField {
  std::string path;
  std::string earlier;  // the overrides, as written
  std::string later;
};

class Origins {
 public:
  void record(const std::string& path, const Place& place);
  // A message that was not there, made on the way to one of its fields.
  void record_made(const std::string& path, const Place& place);
  // The field was meant to be there, but its value could not be used. Later
  // checks neither call it missing nor trust the default that stands in.
  void record_failure(const std::string& path, const Place& place);
  // The field was removed by an override, which so stands.
  void record_removed(const std::string& path, const Place& place);
  // Forgets the field and everything below it, for the override `later` sets it.
  void forget(const std::string& path, const std::string& later);

  [[nodiscard]] bool written(const std::string& path) const;
  [[nodiscard]] bool failed(const std::string& path) const;
  // Of the field, or of the innermost written message around it; 1:1 if none.
  [[nodiscard]] Place place_of(std::string_view path) const;
  // Whether a field that the override set is still its own; messages that it made on
  // the way do not count.
  [[nodiscard]] bool stands(std::string_view override_text) const;
  [[nodiscard]] const std::vector<ReplacedField>& replaced() const { return replaced_; }

 private:
  struct Origin {
    Place place;
    enum class Kind { value, failure, made, removed } kind;
  };

  std::map<std::string, Origin, std::less<>> written_;
  std::vector<ReplacedField> replaced_;
};

}  // namespace lockstep

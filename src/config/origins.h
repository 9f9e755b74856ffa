#pragma once
// Records where each field of a job was written, by path ("network.layer[0].units").

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/problems.h"

namespace lockstep {

// A field that one override set and a later one set again or dropped.
struct ReplacedField {
  std::string path;
  std::string earlier;  // the overrides, as written
  std::string later;
};

class Origins {
 public:
  void record(const std::string& path, const Place& place);
  // Records a message that was absent and was created to set one of its fields.
  void record_made(const std::string& path, const Place& place);
  // Records that the field was given, but its value was invalid. Later checks neither
  // report it as missing nor trust the default used in its place.
  void record_failure(const std::string& path, const Place& place);
  // Records that an override removed the field; the override then counts as effective.
  void record_removed(const std::string& path, const Place& place);
  // Forgets the field and everything below it, because the override `later` sets it.
  void forget(const std::string& path, const std::string& later);

  [[nodiscard]] bool written(const std::string& path) const;
  [[nodiscard]] bool failed(const std::string& path) const;
  // The place of the field, or of the innermost written message around it; 1:1 if none.
  [[nodiscard]] Place place_of(std::string_view path) const;
  // Whether any field that the override set still has its value; messages that it created
  // to set a field do not count.
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

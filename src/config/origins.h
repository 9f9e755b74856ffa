#pragma once
// Where each field of a job was written, by path ("network.layer[0].units").

#include <map>
#include <string>
#include <string_view>

#include "config/problems.h"

namespace lockstep {

class Origins {
 public:
  void record(const std::string& path, const Place& place);
  // The field was meant to be there, but its value could not be used. Later
  // checks neither call it missing nor trust the default that stands in.
  void record_failure(const std::string& path, const Place& place);
  // Forgets the field and everything below it.
  void forget(const std::string& path);

  [[nodiscard]] bool written(const std::string& path) const { return written_.contains(path); }
  [[nodiscard]] bool failed(const std::string& path) const;
  // Of the field, or of the innermost written message around it; 1:1 if none.
  [[nodiscard]] Place place_of(std::string_view path) const;

 private:
  struct Origin {
    Place place;
    bool failed;
  };

  std::map<std::string, Origin, std::less<>> written_;
};

}  // namespace lockstep

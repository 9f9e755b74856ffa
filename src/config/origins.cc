#include "config/origins.h"

namespace lockstep {

void Origins::record(const std::string& path, const Place& place) {
  written_.insert_or_assign(path, Origin{place, false});
}

void Origins::record_failure(const std::string& path, const Place& place) {
  written_.insert_or_assign(path, Origin{place, true});
}

void Origins::forget(const std::string& path) {
  std::erase_if(written_, [&](const auto& entry) {
    const std::string& other = entry.first;
    return other == path || other.starts_with(path + ".") || other.starts_with(path + "[");
  });
}

bool Origins::failed(const std::string& path) const {
  const auto found = written_.find(path);
  return found != written_.end() && found->second.failed;
}

Place Origins::place_of(std::string_view path) const {
  while (!path.empty()) {
    if (const auto found = written_.find(path); found != written_.end()) return found->second.place;
    const auto end = path.find_last_of(".[");
    path = path.substr(0, end == std::string_view::npos ? 0 : end);
  }
  return {};
}

}  // namespace lockstep

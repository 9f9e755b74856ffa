#include "config/origins.h"

#include <algorithm>

namespace lockstep {

void Origins::record(const std::string& path, const Place& place) {
  written_.insert_or_assign(path, Origin{place, Origin::Kind::value});
}

void Origins::record_made(const std::string& path, const Place& place) {
  written_.insert_or_assign(path, Origin{place, Origin::Kind::made});
}

void Origins::record_failure(const std::string& path, const Place& place) {
  written_.insert_or_assign(path, Origin{place, Origin::Kind::failure});
}

void Origins::record_removed(const std::string& path, const Place& place) {
  written_.insert_or_assign(path, Origin{place, Origin::Kind::removed});
}

bool Origins::written(const std::string& path) const {
  const auto found = written_.find(path);
  return found != written_.end() && found->second.kind != Origin::Kind::removed;
}

void Origins::forget(const std::string& path, const std::string& later) {
  std::erase_if(written_, [&](const auto& entry) {
    const auto& [other, origin] = entry;
    const bool drop =
        other == path || other.starts_with(path + ".") || other.starts_with(path + "[");
    const std::string& earlier = origin.place.override_text;
    const bool set = origin.kind != Origin::Kind::made && !earlier.empty();
    if (drop && set && earlier != later) replaced_.push_back({other, earlier, later});
    return drop;
  });
}

bool Origins::failed(const std::string& path) const {
  const auto found = written_.find(path);
  return found != written_.end() && found->second.kind == Origin::Kind::failure;
}

bool Origins::stands(std::string_view override_text) const {
  return std::ranges::any_of(written_, [&](const auto& entry) {
    const Origin& origin = entry.second;
    return origin.kind != Origin::Kind::made && origin.place.override_text == override_text;
  });
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

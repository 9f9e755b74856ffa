#pragma once

#include <filesystem>
#include <mutex>

namespace lockstep {

// A path that one thread sets and any may read.
class SharedPath {
 public:
  void set(const std::filesystem::path& path) {
    const std::scoped_lock lock(mutex_);
    path_ = path;
  }
  [[nodiscard]] std::filesystem::path get() const {
    const std::scoped_lock lock(mutex_);
    return path_;
  }

 private:
  mutable std::mutex mutex_;
  std::filesystem::path path_;
};

}  // namespace lockstep

#pragma once
// Puts one list at the end of another.

#include <vector>

namespace lockstep {

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace lockstep

#pragma once
// An open file, by its number.

#include <unistd.h>

namespace lockstep {

// Closes the file at the end, if it could be opened.
struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number;  // negative: the file could not be opened
};

}  // namespace lockstep

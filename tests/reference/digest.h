#pragma once

#include <string>

#include "reference/network.h"

namespace reference {

// xxh64 of all parameters as little-endian floats, layer by layer, the weights before the biases:
// 16 hexadecimal digits.
std::string weights_digest(const Parameters& parameters);

}  // namespace reference

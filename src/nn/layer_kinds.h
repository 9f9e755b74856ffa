#pragma once
// The kinds of layers. To add one, write it as nn/layer.h says and name it here.

#include <variant>

#include "nn/dense.h"

namespace lockstep {

using LayerKind = std::variant<DenseSpec>;

}  // namespace lockstep

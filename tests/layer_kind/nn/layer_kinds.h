#pragma once
// The kinds of layers in this test: instead of src/nn/layer_kinds.h, because this folder comes
// first on the include path.

#include <variant>

#include "nn/dense.h"
#include "scale.h"
#include "sum.h"
#include "unit_norm.h"

namespace lockstep {

using LayerKind = std::variant<DenseSpec, ScaleSpec, SumSpec, UnitNormSpec>;

}  // namespace lockstep

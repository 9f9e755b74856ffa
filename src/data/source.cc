#include "data/source.h"

namespace lockstep {

std::vector<std::uint64_t> ExampleSource::read_groups() { return {}; }

}  // namespace lockstep

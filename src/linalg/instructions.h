#pragma once
// The vector instructions of a CPU. They decide about speed alone, never about bits.

#include <optional>
#include <string_view>

namespace lockstep {

enum class Instructions { plain, avx2, avx512, avx512bf16 };  // each includes those before it

// What this CPU has.
Instructions instructions_of_cpu();

// "plain", "avx2", "avx512" or "avx512bf16".
std::string_view name_of(Instructions instructions);

// The instructions with this name, if it is one.
std::optional<Instructions> instructions_named(std::string_view name);

}  // namespace lockstep

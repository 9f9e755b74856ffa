#pragma once
// Strings from every rank, on every rank.

#include <mpi.h>

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Element r is the text of rank r; texts may differ in length and be empty.
// Collective over `comm`.
std::vector<std::string> gather_text(MPI_Comm comm, std::string_view text);

}  // namespace lockstep

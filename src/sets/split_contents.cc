#include "sets/split_contents.h"

#include <numeric>
#include <span>

#include "base/digest.h"
#include "base/range.h"
#include "data/contents.h"
#include "sets/partition.h"
#include "sets/training_source.h"

namespace lockstep {

std::vector<std::uint64_t> groups_for_split(const Job& job,
                                            const std::shared_ptr<const FittedTable>& like,
                                            const Communicator& comm) {
  std::vector<std::uint64_t> groups;
  if (!job.data.split.by_content || !takes_parts(job.data, SplitSource::train)) return groups;
  TrainingSource source(job.data.train, like, comm);
  const std::uint64_t examples = source.source().info().examples;
  const auto part_of = [&](int rank) {
    return even_part(examples, static_cast<std::uint64_t>(comm.size()),
                     static_cast<std::uint64_t>(rank));
  };
  std::vector<std::uint32_t> owners;
  owners.reserve(examples);
  for (int rank = 0; rank < comm.size(); ++rank) {
    owners.insert(owners.end(), part_of(rank).size(), static_cast<std::uint32_t>(rank));
  }
  const Range own = part_of(comm.rank());
  std::vector<std::uint32_t> ids(own.size());
  std::iota(ids.begin(), ids.end(), static_cast<std::uint32_t>(own.begin));
  const std::vector<WideDigest> contents = contents_of(source.read(ids, owners));
  const auto all = comm.gather(std::span<const WideDigest>(contents));
  if (comm.is_root()) groups = groups_of_copies(all);
  comm.broadcast(groups);
  return groups;
}

}  // namespace lockstep

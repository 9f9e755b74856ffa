#include "sets/held_out_set.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "base/digest.h"

namespace lockstep {

HeldOutSet hand_out(const Communicator& comm, const Layout& layout, const WholeSet& whole) {
  const Examples& all = whole.examples;
  std::uint64_t fingerprint = whole.fingerprint;
  HeldOutSet set;
  set.total = all.size();
  comm.broadcast(set.total);
  set.blocks = held_out_blocks(set.total, layout, comm.rank());
  if (set.total == 0) return set;
  comm.broadcast(fingerprint);
  set.fingerprint = digest_hex(fingerprint);
  set.examples.type = all.type;
  set.examples.features = all.features;
  set.examples.label_width = all.label_width;
  comm.broadcast(set.examples.type);
  comm.broadcast(set.examples.features);
  comm.broadcast(set.examples.label_width);

  // Returns each rank's share of an array with `width` values for each example.
  const auto share = [&]<typename V>(std::span<const V> values, std::uint64_t width) {
    std::vector<std::span<const std::byte>> parts;
    if (comm.is_root()) {
      for (int rank = 0; rank < layout.ranks; ++rank) {
        const Range rows = held_out_rows(set.total, layout, rank);
        parts.push_back(std::as_bytes(values.subspan(rows.begin * width, rows.size() * width)));
      }
    }
    const std::vector<std::byte> bytes = comm.scatter(parts);
    std::vector<V> own(bytes.size() / sizeof(V));
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(own)).begin());
    return own;
  };
  set.examples.values = share(std::span<const std::byte>(all.values),
                              set.examples.features * element_size(set.examples.type));
  set.examples.labels = share(std::span<const float>(all.labels), set.examples.label_width);
  set.examples.ids = share(std::span<const std::uint32_t>(all.ids), 1);

  return set;
}

}  // namespace lockstep

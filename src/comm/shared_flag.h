#pragma once
// A flag that one rank raises and all come to see, without meeting: for groups of
// ranks that work apart and do not wait for each other.

#include "comm/communicator.h"

namespace lockstep {

class SharedFlag {
 public:
  // Collective over comm, which must live as long as this.
  explicit SharedFlag(const Communicator& comm);

  // Tells every other rank, once; does not wait for them.
  void raise();

  // Whether this or another rank has raised it, as far as known here; looks at
  // what has arrived. Once true it stays so.
  [[nodiscard]] bool raised();

  // Collective; ends the use of the flag: afterwards every rank knows whether
  // some rank raised it before its own call, which is returned, and no message
  // is under way. Nobody may raise it again.
  bool settle();

 private:
  void receive_one();

  const Communicator& comm_;
  Communicator messages_;  // of this flag alone
  bool raised_here_ = false;
  bool raised_ = false;
  std::uint64_t received_ = 0;
};

}  // namespace lockstep

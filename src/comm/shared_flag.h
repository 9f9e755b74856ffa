#pragma once
// A flag that one rank raises and all others eventually see, without a collective call: for groups
// of ranks that work separately and do not wait for each other.

#include "comm/communicator.h"

namespace lockstep {

class SharedFlag {
 public:
  // Collective over comm, which must live as long as this.
  explicit SharedFlag(const Communicator& comm);

  // Tells every other rank, once; does not wait for them.
  void raise();

  // Whether this or another rank has raised the flag, according to the messages that have arrived
  // here. Once true it stays true.
  [[nodiscard]] bool raised();

  // Collective; ends the use of the flag. Returns whether some rank raised it before its own call
  // of settle(), the same on every rank; no message is under way afterwards. The flag must not be
  // raised again.
  bool settle();

 private:
  void receive_one();

  const Communicator& comm_;
  Communicator messages_;  // used by this flag alone
  bool raised_here_ = false;
  bool raised_ = false;
  std::uint64_t received_ = 0;
};

}  // namespace lockstep

#include <memory>
#include <string>

#include "checkpoint/find.h"
#include "checkpoint/load.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "report/checkpoint_text.h"

namespace lockstep {

void add_inspect_command(CLI::App& app, Action& action) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("inspect", "Show the contents of a checkpoint");
  add_model(*command, "checkpoint", *path);
  command->callback([&action, path] {
    action = [path](const CommandContext& context) {
      const EndOnSignal ends(context.comm.is_root());
      agree(context.comm, [&] {
        if (!context.comm.is_root()) return;
        print_result(describe_checkpoint(load_checkpoint(find_checkpoint(*path))));
      });
      return 0;
    };
  });
}

}  // namespace lockstep

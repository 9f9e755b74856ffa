#include "diagnose/gradcheck.h"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/signals.h"
#include "comm/agreement.h"
#include "config/job_file.h"

namespace lockstep {
int run_gradcheck(std::string job, std::vector<std::string> overrides, GradcheckOptions o, int threads, const CommandContext& context) {
  const Communicator& comm = context.comm;
  Layout layout{comm.size(), threads};
  LoadedJob loaded;
  agree(comm, [&] { loaded = load_job(job, overrides); });
  auto r = gradcheck(loaded.job, {}, comm, layout, o);
  if (comm.is_root()) {
    fmt::print("{} rows {} entries {}\n", r.job, r.rows, r.entries);
    for (auto& s : r.stages) {
      fmt::print("step {} J {:.6g} ratio {:.3g} kinks {} reduced {}\n", s.step, s.check.cost, s.check.all.ratio, s.check.all.at_kink, s.check.all.reduced);
      for (auto& t : s.check.tensors) fmt::print("  {} {:.2e} |n| {:.3e} |a| {:.3e} kinks {} reduced {}\n", t.tensor.name, t.comparison.ratio, t.comparison.numerical_norm, t.comparison.analytic_norm, t.comparison.at_kink, t.comparison.reduced);
    }
  }
  return 0;
}
void add_gradcheck_command(CLI::App& app, Action& action) {
  struct A { std::string job; std::vector<std::string> set; GradcheckOptions o; int threads=1; std::uint64_t rows=0, entries=50;};
  auto a = std::make_shared<A>();
  auto* c = app.add_subcommand("gradcheck", "x");
  c->add_option("job", a->job)->required();
  c->add_option("--set", a->set);
  c->add_option("--epsilon", a->o.epsilon);
  c->add_option("--after", a->o.after);
  c->add_option("--rows", a->rows);
  c->add_option("--entries", a->entries);
  c->add_option("--threads", a->threads);
  c->add_flag("--frozen", a->o.frozen_dropout);
  c->callback([&action, a] { action = [a](const CommandContext& x) { if (a->rows) a->o.rows=a->rows; a->o.entries=a->entries; return run_gradcheck(a->job, a->set, a->o, a->threads, x); }; });
}
}

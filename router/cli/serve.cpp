// signet serve: the router.
#include "router/app/process_limits.hpp"
#include "router/app/router_process.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"

namespace signet::cli {

int serve(const ServeOptions& options) {
  app::ignore_hangups();
  auto config = load_config(options.config);
  if (!config.loaded) return config.exit_code;
  return app::run_router(
      {.loaded = std::move(*config.loaded),
       .config_artifact = std::move(config.artifact),
       .reload_config =
           [input = options.config](const signing::Artifact* running) { return reload_config(input, running); },
       .development = std::nullopt,
       .once_or_exit = options.once_or_exit});
}

}  // namespace signet::cli

// signet config: the schema, and where each value comes from.
#include <fmt/format.h>

#include "config-schema/embedded_schemas.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"

namespace signet::cli {

int config_schema(const std::string& of) {
  const std::string_view text = of == "admission"    ? config::admission_schema_text()
                                : of == "trust-root" ? config::trust_root_schema_text()
                                                     : config::schema_text();
  fmt::print("{}", text);
  return kOk;
}

int config_explain(const ConfigInput& input, const std::string& key) {
  auto config = load_config(input);
  if (!config.loaded) return config.exit_code;
  bool found = false;
  for (const config::Origin& origin : config.loaded->origins) {
    if (!key.empty() && origin.path != key && !origin.path.starts_with(key + ".")) continue;
    found = true;
    fmt::print("{}\n  value    {}\n  default  {}\n  from     {}\n  applies  {}\n  {}\n", origin.path, origin.value,
               origin.default_value.empty() ? "(none)" : origin.default_value,
               origin.file.empty() ? "default" : fmt::format("{}:{}", origin.file, origin.line),
               origin.live ? "on reload" : "after a restart", origin.description);
  }
  if (found) return kOk;
  complain(key + ": there is no such key; signet config explain without a key lists all");
  return kUsage;
}

}  // namespace signet::cli

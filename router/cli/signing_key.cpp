#include "router/cli/signing_key.hpp"

#include "router/cli/config_files.hpp"

namespace signet::cli {

std::optional<signing::SigningKey> read_signing_key(const std::string& kid, const std::string& file) {
  auto bytes = read_input(file);
  if (!bytes) return std::nullopt;
  auto key = signing::parse_signing_key(kid, *bytes);
  if (!key) {
    complain(file + ": " + key.error().message);
    return std::nullopt;
  }
  return std::move(*key);
}

}  // namespace signet::cli

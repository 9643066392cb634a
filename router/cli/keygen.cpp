// signet keygen: key files for signing, approving, webhooks; and keys derived per purpose.
#include <filesystem>
#include <fmt/format.h>

#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "signing/core/key.hpp"
#include "signing/core/webhook.hpp"

namespace signet::cli {
namespace {

int derive(const KeygenOptions& options) {
  const auto purpose = signing::parse_purpose(options.purpose);
  if (!purpose) {
    complain(fmt::format("--purpose {}: write release, approve, webhook, push or audit", options.purpose));
    return kUsage;
  }
  auto file = read_input(options.master_file);
  if (!file) return kEnvironment;
  auto master = signing::parse_hmac_secret(*file);
  if (!master) {
    complain(options.master_file + ": " + master.error().message);
    return kWrong;
  }
  auto key = signing::derive_key(*master, *purpose, options.graph, options.environment);
  if (!key) {
    complain(key.error().message);
    return kUsage;
  }
  const bool webhook = *purpose == signing::Purpose::webhook || *purpose == signing::Purpose::push;
  const std::string text =
      webhook ? "whsec_" + base64_encode(key->view()) + "\n" : base64url_encode(key->view()) + "\n";
  return write_output(options.out, text) ? kOk : kEnvironment;
}

}  // namespace

int keygen(const KeygenOptions& options) {
  std::error_code ignored;
  if (!options.out.empty() && std::filesystem::exists(options.out, ignored)) {
    complain(options.out + ": exists; a key that is in use would be lost. Move it away, or write another --out");
    return kEnvironment;
  }
  if (options.type == "derive") return derive(options);
  if (options.type == "hmac") return write_output(options.out, signing::generate_hmac_secret()) ? kOk : kEnvironment;
  if (options.type == "webhook") {
    return write_output(options.out, signing::generate_webhook_secret()) ? kOk : kEnvironment;
  }
  if (options.out.empty()) {
    complain("keygen ed25519 needs --out FILE: the private key goes to FILE, the public key to FILE.pub");
    return kUsage;
  }
  const auto key = crypto::Ed25519PrivateKey::generate();
  return write_output(options.out, key.pem()) && write_output(options.out + ".pub", key.public_key().pem())
             ? kOk
             : kEnvironment;
}

}  // namespace signet::cli

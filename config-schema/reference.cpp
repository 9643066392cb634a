#include "config-schema/reference.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "config-schema/positioned_yaml.hpp"
#include "config-schema/schema.hpp"
#include "config-schema/value_check.hpp"

namespace signet::config {
namespace {

constexpr std::string_view kConfigurationHead = R"(# Configuration

Made from `config-schema/signet.schema.json`; regenerate it with `SIGNET_UPDATE=1 ctest --test-dir build/dev -R unit_config_schema`.

- Durations are written `250ms`, `10s`, `1m30s`, `24h`, `90d`, sizes `512B`, `64KiB`, `2MB`, `16MiB`. Words stay words: `off` is text.
- Booleans are `true` and `false`, without quotes and in lower case. Numbers have one spelling: no leading zero, no `0x`, no exponent; quotes do not matter.
- `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` are replaced in values, once, after parsing; `$${` is a literal `${`. A default also stands in for an
  empty variable. One final newline of a file is stripped. Messages and `signet config explain` show the text as written, not what was brought in.
- With several `-c FILE`, maps merge, lists and scalars replace.
- Anchors, aliases, merge keys, tags, tabs, duplicate keys, several documents, a byte-order mark and text that is not UTF-8 are refused.
- *live*: applies on reload; the others need a restart. *With its block*: needed once the block around it is written.
)";

std::string in_cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? "" : fmt::format("`{}`", in_cell(text));
}

// A default as an operator writes it: without the quotes of JSON.
std::string default_text(const Schema& schema) {
  std::string_view text = schema.default_json;
  if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
  return code(text);
}

constexpr std::string_view kAdmissionHead = R"(# The admission policy

Made from `config-schema/admission.schema.json`; regenerate it with `SIGNET_UPDATE=1 ctest --test-dir build/dev -R unit_config_schema`.

The YAML of `signet admission serve`, `approve` and `explain`, written by the same rules as [configuration.md](configuration.md); what its rules mean stands in
[admission-server.md](admission-server.md). `signet check --policy admission.yaml` checks it and its key files. SIGHUP reads both again, whole or not at all; what is not live needs a restart.

```yaml
version: 1
listen: 127.0.0.1:9443                # terminate TLS in front of it
secret_file: /etc/signet/keys/admission   # signet keygen webhook; the routers' admission.secret_file
approve: { kid: approve-2026, key_file: /etc/signet/keys/approve }   # signet keygen ed25519; the routers trust approve.pub
graphs:
  - name: shop
    environment: production
    keys: [{ kid: "2026-11", role: release, secret_file: /etc/signet/keys/2026-11 }]
    allow: ["https://*.shop.internal", "10.0.0.0/8"]
    artifacts: { cdn: { url: https://cdn.example/shop } }   # as graph.source of the routers
    forbid: [breaking]
    windows: [{ days: [mon, tue, wed, thu], from: "08:00", to: "16:00" }]
store_dir: /var/lib/signet-admission
```
)";

constexpr std::string_view kTrustRootHead = R"(# The trust root

Made from `config-schema/trust-root.schema.json`; regenerate it with `SIGNET_UPDATE=1 ctest --test-dir build/dev -R unit_config_schema`.

Whoever can write the configuration can list a key of their own, and then sign a graph. A trust root takes that away: a second file, mounted
read-only from elsewhere, that says how far the configuration is trusted. `signet serve -c signet.yaml --trust-root root.yaml` (also
`check`, `verify` and `config explain`). It is written with the configuration's own keys:

```yaml
version: 1
graph: { name: shop, environment: production, state_dir: /var/lib/signet }
trust:
  keys:
    - { kid: "2026-11", role: release, secret_file: /etc/signet-trust/2026-11 }
    - { kid: approver, role: approve, alg: Ed25519, public_key_file: /etc/signet-trust/approver.pub }
  require_signed_config: true
subgraphs: { allow: ["https://*.shop.internal", "10.0.0.0/8"] }
```

- What the configuration leaves out (`trust` as a whole, `subgraphs.allow`, the names of the graph) is taken from the trust root.
- What it says itself may only be stricter: fewer keys, a shorter validity, more roles, more revoked keys, a higher `min_serial`, a shorter
  `stale_grace`. Everything else is an error with its place, at the start, in `signet check` and on reload.
- `subgraphs.allow` is a ceiling: a URL must be in both lists, and a private address in a CIDR of both.
- No `${env:…}` and no `${file:…}` in it: it takes nothing from the environment.
- SIGHUP and `POST /admin/reload` read it again; one with mistakes changes nothing.

## A signed configuration
With `require_signed_config` the configuration is an artifact like the graph: one file, `signet.yaml`, with `signet.yaml.jws` beside it. It passes the gate
([config-trust.md](config-trust.md)) by the keys of the trust root before anything of it is read: signatures, kind, names, size and digest, and a serial that is not
lower than that of any configuration before (`router.state` in `graph.state_dir`).

```sh
signet sign signet.yaml --kind router --graph shop --environment production --kid 2026-11 --key 2026-11.key
signet sign --add signet.yaml.jws --kid approver --key approver.key
```

- Approvals stand in the statement. The webhook is not asked: which one to ask is what the file says.
- A refusal at the start ends it (exit code 1). On reload the running configuration serves on, and the refusal is in the log and the audit log with the
  artifact `router`, and counted in `signet.config.refused`.
- The configuration used last is good past its expiry, so that a restart at night does not fail; another one past its expiry is refused. Where
  `graph.state_dir` was lost, any configuration that has not expired is let in: keep lifetimes short enough for that (`signet sign --lifetime`).
- `/status` tells its serial, digest and signers under `configuration`.
)";

class Page {
 public:
  explicit Page(std::string_view head) : text_(head) {}

  // Scalars of the top level first, then one section for each map.
  std::string write(const Schema& root) {
    title("Top level");
    for (const SchemaProperty& property : root.properties) {
      if (is_section(property.schema)) continue;
      row(property.schema, property.name, is_required(root, property.name) ? "required" : "");
      if (property.schema.items && property.schema.items->type == SchemaType::object) {
        rows(*property.schema.items, property.name + "[]", true);
      }
    }
    for (const SchemaProperty& property : root.properties) {
      if (is_section(property.schema)) section(root, property);
    }
    if (!later_.empty()) later();
    return std::move(text_);
  }

 private:
  static bool is_section(const Schema& schema) { return schema.later || schema.type == SchemaType::object; }
  static bool is_required(const Schema& schema, const std::string& name) {
    return std::ranges::find(schema.required, name) != schema.required.end();
  }

  void title(std::string_view text) { text_ += fmt::format("\n## {}\n", text); }

  void head() { text_ += "\n| key | value | default | live | meaning |\n|---|---|---|---|---|\n"; }

  // `required`: "required", or in a block that may be left out, "with its block".
  void row(const Schema& schema, const std::string& path, std::string_view required) {
    if (!text_.ends_with("|\n")) head();
    const std::string standard = required.empty() ? default_text(schema) : std::string(required);
    text_ += fmt::format("| {} | {} | {} | {} | {} |\n", code(path), in_cell(expected_form(schema)), standard,
                         schema.live ? "live" : "", in_cell(schema.description));
  }

  void section(const Schema& root, const SchemaProperty& property) {
    if (property.schema.later) return later_.push_back(property.name);
    title(property.name);
    text_ += fmt::format("{}\n", property.schema.description);
    rows(property.schema, property.name, is_required(root, property.name));
  }

  void rows(const Schema& schema, const std::string& path, bool always) {
    for (const SchemaProperty& property : schema.properties) {
      const std::string own = join_path(path, property.name);
      if (property.schema.later) {
        later_.push_back(own);
      } else if (property.schema.type == SchemaType::object) {
        rows(property.schema, own, always && is_required(schema, property.name));
      } else {
        const std::string_view required = always ? "required" : "with its block";
        row(property.schema, own, is_required(schema, property.name) ? required : "");
        if (property.schema.items && property.schema.items->type == SchemaType::object) {
          rows(*property.schema.items, own + "[]", always);
        }
      }
    }
    if (schema.additional) rows(*schema.additional, path + ".NAME", false);
  }

  void later() {
    text_ +=
        "\n## Not in this version\nThese keys are part of the format; a file that uses one is refused with a message "
        "that says so.\n\n";
    for (const std::string& path : later_) text_ += fmt::format("- {}\n", code(path));
  }

  std::string text_;
  std::vector<std::string> later_;
};

}  // namespace

std::string configuration_page() {
  return Page(kConfigurationHead).write(config_schema());
}

std::string admission_policy_page() {
  return Page(kAdmissionHead).write(admission_schema());
}

std::string trust_root_page() {
  return Page(kTrustRootHead).write(trust_root_schema());
}

}  // namespace signet::config

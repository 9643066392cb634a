#include "router/federation/link_specs.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace signet::federation {

using graphql::Argument;
using graphql::Directive;
using graphql::Document;
using graphql::ValueId;
using graphql::ValueKind;

namespace {

constexpr std::string_view kSpecHost = "https://specs.apollo.dev/";

/// What this router knows about a spec of federation.
struct KnownSpec {
  std::string_view identity;
  std::string_view versions;  ///< space-separated; empty: any
  std::string_view refusal;   ///< why it cannot be ignored; empty: it is honoured, or does not change answers
};

constexpr std::array kKnownSpecs = {
    KnownSpec{"link", "v1.0", ""},
    KnownSpec{"join", "v0.1 v0.2 v0.3 v0.4 v0.5", ""},
    KnownSpec{"inaccessible", "v0.1 v0.2", ""},
    KnownSpec{"tag", "", ""},
    KnownSpec{"cost", "", ""},
    KnownSpec{"federation", "", ""},
    KnownSpec{"core", "v0.1 v0.2", ""},
    KnownSpec{"authenticated", "", "@authenticated would not be enforced"},
    KnownSpec{"requiresScopes", "", "@requiresScopes would not be enforced"},
    KnownSpec{"policy", "", "@policy would not be enforced"},
    KnownSpec{"context", "", "@context and @fromContext are not supported"},
    KnownSpec{"connect", "", "connectors are not supported"},
};

bool has_word(std::string_view words, std::string_view word) {
  for (size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

std::string_view text_argument(const Document& document, const Directive& directive, std::string_view name) {
  const Argument* argument = document.find_argument(directive.first_argument, name);
  if (argument == nullptr) return {};
  const graphql::Value& value = document[argument->value];
  const bool text = value.kind == ValueKind::string || value.kind == ValueKind::enumeration;
  return text ? value.text : std::string_view();
}

/// What a directive links: `@link(url:)`, or `@core(feature:)` as federation 1 wrote it.
std::string_view linked_url(const Document& document, const Directive& directive) {
  const std::string_view url = text_argument(document, directive, "url");
  return url.empty() ? text_argument(document, directive, "feature") : url;
}

/// Splits "https://specs.apollo.dev/join/v0.3"; the spec's name and version stay empty when the URL has none.
void split_url(std::string_view url, LinkedSpec& spec, std::string& name) {
  std::string_view rest = url;
  while (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  const size_t slash = rest.rfind('/');
  if (slash != std::string_view::npos && rest.size() > slash + 2 && rest[slash + 1] == 'v' && rest[slash + 2] >= '0' &&
      rest[slash + 2] <= '9') {
    spec.version = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  const size_t name_slash = rest.rfind('/');
  name = name_slash == std::string_view::npos ? std::string(rest) : std::string(rest.substr(name_slash + 1));
  spec.identity = rest.starts_with(kSpecHost) ? std::string(rest.substr(kSpecHost.size())) : std::string(rest);
}

void read_imports(const Document& document, const Directive& directive, LinkedSpec& spec) {
  const Argument* imports = document.find_argument(directive.first_argument, "import");
  if (imports == nullptr || document[imports->value].kind != ValueKind::list) return;
  for (auto [id, item] : document.each(document[imports->value].first_item)) {
    if (item.kind == ValueKind::string) {
      spec.imports.emplace(item.text, item.text);
    } else if (item.kind == ValueKind::object) {
      const Argument* name = document.find_argument(item.first_field, "name");
      const Argument* as = document.find_argument(item.first_field, "as");
      if (name == nullptr) continue;
      const std::string_view original = document[name->value].text;
      spec.imports.emplace(original, as == nullptr ? original : document[as->value].text);
    }
  }
}

void check_supported(const Document& document, const LinkedSpec& spec, std::string_view url, std::string_view purpose,
                     std::vector<LoadError>& errors) {
  const graphql::Position position = document.position(spec.offset);
  const auto* known =
      std::ranges::find_if(kKnownSpecs, [&](const KnownSpec& each) { return each.identity == spec.identity; });
  if (known == kKnownSpecs.end()) {
    if (purpose == "EXECUTION" || purpose == "SECURITY") {
      errors.push_back({fmt::format("unknown specification \"{}\" is needed for {}", url, purpose), position});
    }
    return;
  }
  if (!known->refusal.empty()) {
    errors.push_back({fmt::format("specification \"{}\" is linked: {}", url, known->refusal), position});
  } else if (!known->versions.empty() && !has_word(known->versions, spec.version)) {
    errors.push_back(
        {fmt::format("specification \"{}\" is not supported in this version, only in {}", url, known->versions),
         position});
  }
}

}  // namespace

LinkSpecs LinkSpecs::read(const Document& document, std::vector<LoadError>& errors) {
  LinkSpecs result;
  // The directive that links may itself be renamed: it is the one that links its own specification.
  std::string_view link_name;
  for (const graphql::SchemaDefinition& definition : document.schema_definitions) {
    for (auto [id, directive] : document.each(definition.first_directive)) {
      const std::string_view url = linked_url(document, directive);
      if (url.starts_with("https://specs.apollo.dev/link/") || url.starts_with("https://specs.apollo.dev/core/")) {
        link_name = directive.name;
      }
    }
  }
  if (link_name.empty()) {
    errors.push_back({"the schema does not @link https://specs.apollo.dev/link/v1.0: this is not a supergraph", {}});
    return result;
  }
  for (const graphql::SchemaDefinition& definition : document.schema_definitions) {
    for (auto [id, directive] : document.each(definition.first_directive)) {
      if (directive.name == link_name) result.add(document, directive, errors);
    }
  }
  if (result.find("join") == nullptr) {
    errors.push_back({"the schema does not @link the join specification: this is not a supergraph", {}});
  }
  return result;
}

void LinkSpecs::add(const Document& document, const Directive& directive, std::vector<LoadError>& errors) {
  const std::string_view url = linked_url(document, directive);
  if (url.empty()) {
    errors.push_back({fmt::format("@{} without url", directive.name), document.position(directive.offset)});
    return;
  }
  LinkedSpec spec;
  spec.offset = directive.offset;
  std::string name;
  split_url(url, spec, name);
  const std::string_view as = text_argument(document, directive, "as");
  spec.name_space = as.empty() ? name : std::string(as);
  read_imports(document, directive, spec);
  check_supported(document, spec, url, text_argument(document, directive, "for"), errors);
  specs_.push_back(std::move(spec));
}

const LinkedSpec* LinkSpecs::find(std::string_view identity) const {
  for (const LinkedSpec& spec : specs_) {
    if (spec.identity == identity) return &spec;
  }
  return nullptr;
}

std::string LinkSpecs::directive(std::string_view identity, std::string_view element) const {
  const LinkedSpec* spec = find(identity);
  if (spec == nullptr) return {};
  if (const auto imported = spec->imports.find(fmt::format("@{}", element)); imported != spec->imports.end()) {
    std::string_view name = imported->second;
    if (name.starts_with('@')) name.remove_prefix(1);
    return std::string(name);
  }
  return element == identity ? spec->name_space : fmt::format("{}__{}", spec->name_space, element);
}

std::string LinkSpecs::type(std::string_view identity, std::string_view element) const {
  const LinkedSpec* spec = find(identity);
  if (spec == nullptr) return {};
  const auto imported = spec->imports.find(std::string(element));
  return imported != spec->imports.end() ? imported->second : fmt::format("{}__{}", spec->name_space, element);
}

bool LinkSpecs::is_machinery(std::string_view name) const {
  for (const LinkedSpec& spec : specs_) {
    const bool known =
        std::ranges::any_of(kKnownSpecs, [&](const KnownSpec& each) { return each.identity == spec.identity; });
    if (!known) continue;
    if (name == spec.name_space) return true;
    if (name.size() > spec.name_space.size() + 2 && name.starts_with(spec.name_space) &&
        name.substr(spec.name_space.size()).starts_with("__")) {
      return true;
    }
    for (const auto& [original, imported] : spec.imports) {
      if (imported == name || (imported.starts_with('@') && imported.substr(1) == name)) return true;
    }
  }
  return false;
}

}  // namespace signet::federation

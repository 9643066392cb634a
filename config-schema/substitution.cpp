#include "config-schema/substitution.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

#include "router/base/utf8.hpp"

namespace signet::config {
namespace {

constexpr size_t kSubstitutedBytesMax = 64u << 10;
constexpr std::string_view kForms =
    "write ${env:NAME}, ${env:NAME:-default} or ${file:/path}, and $${ for a literal ${";

using Text = std::expected<std::string, std::string>;

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) return false;
  }
  return true;
}

Text checked(std::string value, std::string_view what) {
  if (value.size() > kSubstitutedBytesMax) {
    return std::unexpected(fmt::format("{} is longer than {} bytes", what, kSubstitutedBytesMax));
  }
  if (!is_utf8(value) || value.find('\0') != std::string::npos) {
    return std::unexpected(fmt::format("{} does not hold UTF-8 text", what));
  }
  return value;
}

// As in a shell, `:-` also stands in for a variable that is set to nothing.
Text from_environment(std::string_view body, const SubstitutionSources& sources) {
  const size_t dash = body.find(":-");
  const std::string name(body.substr(0, dash));
  if (!is_variable_name(name)) {
    return std::unexpected(fmt::format("{} is not the name of a variable; {}", quote(name), kForms));
  }
  std::optional<std::string> value = sources.environment ? sources.environment(name) : std::nullopt;
  if (dash != std::string_view::npos && (!value || value->empty())) return std::string(body.substr(dash + 2));
  if (!value) {
    return std::unexpected(
        fmt::format("the environment variable {} is not set; set it, or write ${{env:{}:-default}}", name, name));
  }
  return checked(std::move(*value), fmt::format("the environment variable {}", name));
}

Text from_file(std::string_view body, const SubstitutionSources& sources) {
  const std::string path(body);
  if (!path.starts_with('/')) {
    return std::unexpected(fmt::format("the file {} is not an absolute path; {}", quote(path), kForms));
  }
  std::optional<std::string> value = sources.file ? sources.file(path) : std::nullopt;
  if (!value) return std::unexpected(fmt::format("the file {} cannot be read; create it, or correct the path", path));
  return checked(std::move(*value), fmt::format("the file {}", path));
}

Text replacement(std::string_view inside, const SubstitutionSources& sources) {
  if (inside.starts_with("env:")) return from_environment(inside.substr(4), sources);
  if (inside.starts_with("file:")) return from_file(inside.substr(5), sources);
  return std::unexpected(fmt::format("{} is not a substitution; {}", quote(fmt::format("${{{}}}", inside)), kForms));
}

Text expand(std::string_view text, const SubstitutionSources& sources) {
  std::string out;
  while (!text.empty()) {
    const size_t dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.starts_with("$${")) {
      out += "${";
      text.remove_prefix(3);
    } else if (text.starts_with("${")) {
      const size_t close = text.find('}');
      if (close == std::string_view::npos) {
        return std::unexpected(fmt::format("a ${{ without its }}; {}", kForms));
      }
      Text value = replacement(text.substr(2, close - 2), sources);
      if (!value) return value;
      out += *value;
      text.remove_prefix(close + 1);
    } else if (!text.empty()) {
      out += '$';
      text.remove_prefix(1);
    }
  }
  return checked(std::move(out), "the value");
}

// `sources`, noting in `used` what the value at `key` reads.
SubstitutionSources noting(const SubstitutionSources& sources, const std::string& key, std::vector<FileUse>& used) {
  if (!sources.file) return sources;
  return {sources.environment, [&](const std::string& path) -> std::optional<std::string> {
            const auto known = std::ranges::find(used, path, &FileUse::path);
            if (known != used.end()) {
              known->key += ", " + key;
              return std::string(as_text(known->text.view()));
            }
            auto text = sources.file(path);
            if (text) used.push_back({key, path, crypto::SecretBytes(as_bytes(*text))});
            return text;
          }};
}

void substitute_in(YamlNode& node, const std::string& path, const SubstitutionSources& sources, Findings& findings,
                   std::vector<FileUse>* used) {
  if (node.kind == NodeKind::scalar && node.text.find('$') != std::string::npos) {
    Text value = expand(node.text, used == nullptr ? sources : noting(sources, path, *used));
    if (!value) {
      findings.error(node.place, path, value.error());
      node.failed = true;
    } else if (*value != node.text) {
      node.written = std::exchange(node.text, std::move(*value));
    }
  }
  for (size_t i = 0; i < node.items.size(); ++i) {
    substitute_in(node.items[i], fmt::format("{}[{}]", path, i), sources, findings, used);
  }
  for (YamlMember& member : node.members) {
    substitute_in(member.value, join_path(path, member.key), sources, findings, used);
  }
}

}  // namespace

void substitute(YamlNode& root, const SubstitutionSources& sources, Findings& findings, std::vector<FileUse>* used) {
  substitute_in(root, "", sources, findings, used);
}

std::string without_final_newline(std::string text) {
  if (text.ends_with('\n')) text.resize(text.size() - (text.ends_with("\r\n") ? 2 : 1));
  return text;
}

SubstitutionSources process_substitution_sources() {
  SubstitutionSources sources;
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  sources.file = [](const std::string& path) -> std::optional<std::string> {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) return std::nullopt;  // a FIFO would wait for a writer
    std::ifstream stream(path, std::ios::binary);
    std::string text(kSubstitutedBytesMax + 3, '\0');  // room for a final CRLF and one byte that tells it is too long
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad() || !stream.is_open() || (stream.fail() && !stream.eof())) return std::nullopt;
    text.resize(static_cast<size_t>(stream.gcount()));
    return without_final_newline(std::move(text));
  };
  return sources;
}

}  // namespace signet::config

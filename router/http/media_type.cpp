#include "router/http/media_type.hpp"

#include <algorithm>
#include <cstdint>

#include "router/http/token.hpp"

namespace signet::http {
namespace {

constexpr size_t kParametersMax = 32;

/// Reads the grammar of a field value from front to back.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view token() {
    size_t n = 0;
    while (n < rest_.size() && is_token_char(rest_[n])) ++n;
    const std::string_view found = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return found;
  }
  // Spec: RFC 9110 §5.6.4
  std::optional<std::string> quoted() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (c == '\\') {
        if (rest_.empty()) return std::nullopt;
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      const auto byte = static_cast<uint8_t>(c);
      if ((byte < 0x20 && c != '\t') || byte == 0x7F) return std::nullopt;
      out.push_back(c);
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

bool read_parameters(Scanner& scanner, MediaType& out) {
  while (true) {
    scanner.skip_space();
    if (scanner.done()) return true;
    if (!scanner.take(';')) return false;
    scanner.skip_space();
    const std::string_view name = scanner.token();
    if (name.empty()) continue;  // an empty parameter is allowed by the grammar
    if (!scanner.take('=') || out.parameters.size() >= kParametersMax) return false;
    std::string value(scanner.token());
    if (value.empty()) {
      auto quoted = scanner.quoted();
      if (!quoted) return false;
      value = std::move(*quoted);
    }
    std::string key = lower_case(name);
    if (out.parameter(key) != nullptr) return false;
    out.parameters.emplace_back(std::move(key), std::move(value));
  }
}

}  // namespace

const std::string* MediaType::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool MediaType::utf8() const {
  const std::string* charset = parameter("charset");
  return charset == nullptr || equals_ignoring_case(*charset, "utf-8");
}

std::optional<MediaType> parse_media_type(std::string_view text, bool wildcards) {
  Scanner scanner(text);
  scanner.skip_space();
  MediaType out;
  out.type = lower_case(scanner.token());
  if (out.type.empty() || !scanner.take('/')) return std::nullopt;
  out.subtype = lower_case(scanner.token());
  if (out.subtype.empty()) return std::nullopt;
  if (out.type == "*" && out.subtype != "*") return std::nullopt;
  if (!wildcards && out.subtype == "*") return std::nullopt;
  if (!read_parameters(scanner, out)) return std::nullopt;
  return out;
}

std::expected<MediaType, ContentTypeProblem> content_type(const Headers& headers) {
  const size_t fields = headers.count("content-type");
  if (fields == 0) return std::unexpected(ContentTypeProblem::absent);
  if (fields > 1) return std::unexpected(ContentTypeProblem::repeated);
  auto type = parse_media_type(headers.get("content-type"));
  if (!type) return std::unexpected(ContentTypeProblem::malformed);
  return std::move(*type);
}

std::optional<std::vector<std::string_view>> split_list(std::string_view value, size_t elements_max) {
  std::vector<std::string_view> out;
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i <= value.size(); ++i) {
    if (i < value.size() && quoted && value[i] == '\\') {
      ++i;
      continue;
    }
    if (i < value.size() && value[i] == '"') quoted = !quoted;
    if (i < value.size() && (quoted || value[i] != ',')) continue;
    const std::string_view element = trim_space(value.substr(std::min(begin, value.size()), i - begin));
    begin = i + 1;
    if (element.empty()) continue;
    if (out.size() == elements_max) return std::nullopt;
    out.push_back(element);
  }
  if (quoted) return std::nullopt;
  return out;
}

}  // namespace signet::http

#include "router/json/document.hpp"

#include <charconv>
#include <cstring>
#include <unordered_set>

#include "router/json/scalar_check.hpp"
#include "router/json/scanner.hpp"

namespace signet::json {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

/// Reads one value iteratively: open containers are on a stack of node indices, never on the call stack.
class DocumentReader {
 public:
  DocumentReader(Document& document, std::string_view text, const ParseOptions& options)
      : nodes_(document.nodes_), text_(text), options_(options) {}

  std::expected<void, ParseError> read() {
    nodes_.reserve(text_.size() / 8 + 4);
    skip_space();
    while (true) {
      if (!read_value()) return std::unexpected(ParseError{message_});
      // A value is complete: close containers that end here, or move to the next element.
      bool next = false;
      while (!open_.empty() && !next) {
        skip_space();
        if (take(',')) {
          skip_space();
          if (in_object() && !read_key()) return std::unexpected(ParseError{message_});
          next = true;
        } else if (take(in_object() ? '}' : ']')) {
          if (!close()) return std::unexpected(ParseError{message_});
        } else {
          return std::unexpected(ParseError{"expected a comma or the end of the container"});
        }
      }
      if (!next) break;
    }
    skip_space();
    if (at_ != text_.size()) return std::unexpected(ParseError{"there is text after the value"});
    return {};
  }

 private:
  bool error(const char* message) {
    message_ = message;
    return false;
  }
  bool in_object() const { return nodes_[open_.back()].kind == Kind::object; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void add(Kind kind, size_t length, bool escaped = false) {
    if (!open_.empty()) {
      Document::Node& parent = nodes_[open_.back()];
      if (parent.kind == Kind::array || (kind != Kind::string || !reading_key_)) ++parent.count;
    }
    nodes_.push_back({.kind = kind,
                      .escaped = escaped,
                      .begin = static_cast<uint32_t>(at_),
                      .length = static_cast<uint32_t>(length),
                      .end = static_cast<uint32_t>(nodes_.size() + 1)});
    at_ += length;
  }

  // Reads values until one is complete; opening brackets push and go on with the first element.
  bool read_value() {
    while (true) {
      if (at_ >= text_.size()) return error("a value is missing");
      const char c = text_[at_];
      if (c == '{' || c == '[') {
        if (open_.size() >= options_.depth_max) return error("the value nests too deep");
        const size_t self = nodes_.size();
        add(c == '{' ? Kind::object : Kind::array, 1);
        open_.push_back(static_cast<uint32_t>(self));
        skip_space();
        if (take(c == '{' ? '}' : ']')) return close();
        if (c == '{' && !read_key()) return false;
        continue;
      }
      return read_scalar(c);
    }
  }

  bool read_scalar(char c) {
    const std::string_view rest = text_.substr(at_);
    if (c == '"') {
      bool escaped = false;
      const size_t length = string_length(rest, escaped);
      if (length == 0) return error("a string is not valid");
      add(Kind::string, length, escaped);
    } else if (rest.starts_with("true")) {
      add(Kind::boolean, 4);
    } else if (rest.starts_with("false")) {
      add(Kind::boolean, 5);
    } else if (rest.starts_with("null")) {
      add(Kind::null, 4);
    } else {
      const size_t length = number_length(rest);
      if (length == 0) return error("a value is not valid");
      add(Kind::number, length);
    }
    return true;
  }

  bool read_key() {
    if (at_ >= text_.size() || text_[at_] != '"') return error("expected a member name");
    reading_key_ = true;
    const bool good = read_scalar('"');
    reading_key_ = false;
    if (!good) return false;
    skip_space();
    if (!take(':')) return error("expected a colon");
    skip_space();
    return true;
  }

  bool close() {
    Document::Node& node = nodes_[open_.back()];
    node.length = static_cast<uint32_t>(at_ - node.begin);
    node.end = static_cast<uint32_t>(nodes_.size());
    const bool unique =
        node.kind != Kind::object || !options_.refuse_duplicate_keys || keys_are_unique(open_.back(), node);
    open_.pop_back();
    return unique || error("an object has the same member name twice");
  }

  bool keys_are_unique(uint32_t self, const Document::Node& node) {
    if (node.count < 2) return true;
    const bool few = node.count <= 8;
    std::unordered_set<std::string> many;
    std::vector<std::string> seen;
    for (uint32_t key = self + 1; key < node.end; key = nodes_[key + 1].end) {
      std::string_view content = text_.substr(nodes_[key].begin + 1, nodes_[key].length - 2);
      std::string name = nodes_[key].escaped ? unescape(content) : std::string(content);
      if (few) {
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) return false;
        seen.push_back(std::move(name));
      } else if (!many.insert(std::move(name)).second) {
        return false;
      }
    }
    return true;
  }

  std::vector<Document::Node>& nodes_;
  std::string_view text_;
  const ParseOptions& options_;
  size_t at_ = 0;
  std::vector<uint32_t> open_;
  bool reading_key_ = false;
  const char* message_ = "";
};

std::expected<Document, ParseError> Document::parse(std::string_view text, const ParseOptions& options) {
  if (const char* reason = refuse_text(text)) return std::unexpected(ParseError{reason});
  Document document;
  document.text_ = std::make_unique_for_overwrite<char[]>(text.size());
  std::memcpy(document.text_.get(), text.data(), text.size());
  if (auto done = DocumentReader(document, {document.text_.get(), text.size()}, options).read(); !done) {
    return std::unexpected(done.error());
  }
  return document;
}

std::string Document::string(NodeId id) const {
  const std::string_view quoted = raw(id);
  const std::string_view content = quoted.substr(1, quoted.size() - 2);
  return nodes_[id.value()].escaped ? unescape(content) : std::string(content);
}

bool Document::string_equals(NodeId id, std::string_view text) const {
  if (nodes_[id.value()].escaped) return string(id) == text;
  const std::string_view quoted = raw(id);
  return quoted.substr(1, quoted.size() - 2) == text;
}

std::optional<int64_t> Document::integer(NodeId id) const {
  if (kind(id) != Kind::number) return std::nullopt;
  const std::string_view text = raw(id);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

NodeId Document::find(NodeId object, std::string_view key) const {
  NodeId found;
  if (kind(object) != Kind::object) return found;
  for (Member member : members(object)) {
    if (string_equals(member.key, key)) found = member.value;
  }
  return found;
}

}  // namespace signet::json

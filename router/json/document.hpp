// A JSON text as a flat tree over its bytes, checked to the last byte, so that whatever is forwarded raw is valid JSON.
// Numbers stay text. simdjson validates UTF-8; why it does not read the structure is told in docs/adr/0003.
// Spec: RFC 8259
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/base/id.hpp"
#include "router/base/limits.hpp"

namespace signet::json {

using NodeId = Id<struct JsonNodeTag>;

enum class Kind : uint8_t { null, boolean, number, string, array, object };

struct ParseError {
  std::string message;  ///< never contains bytes of the input
};

struct ParseOptions {
  uint32_t depth_max = limits::kJsonDepthMax;
  bool refuse_duplicate_keys = true;
};

/// Nodes lie in document order: a container is followed by its descendants. Object members are stored as a key node
/// (kind string) followed by the value.
/// Lifetime: owns a copy of the text; views live as long as the document, also after it is moved.
class Document {
 public:
  /// Accepts exactly one JSON value in UTF-8, without byte-order mark.
  static std::expected<Document, ParseError> parse(std::string_view text, const ParseOptions& options = {});

  NodeId root() const { return NodeId(0); }
  Kind kind(NodeId id) const { return nodes_[id.value()].kind; }
  bool is_null(NodeId id) const { return kind(id) == Kind::null; }
  /// The exact text of the value: scalars and containers alike.
  std::string_view raw(NodeId id) const {
    const Node& node = nodes_[id.value()];
    return {text_.get() + node.begin, node.length};
  }
  /// A string's value, unescaped. Only for kind string.
  std::string string(NodeId id) const;
  /// True when the string node `id` has the value `text`; no allocation unless it has escapes.
  bool string_equals(NodeId id, std::string_view text) const;
  bool boolean(NodeId id) const { return raw(id).front() == 't'; }
  /// The number as a 64-bit integer, when its text is one.
  std::optional<int64_t> integer(NodeId id) const;
  size_t node_count() const { return nodes_.size(); }
  /// Items of an array, members of an object.
  uint32_t size(NodeId id) const { return nodes_[id.value()].count; }

  struct Member {
    NodeId key, value;
  };
  struct MemberRange;
  struct ItemRange;
  MemberRange members(NodeId object) const;
  ItemRange items(NodeId array) const;
  /// The value of member `key` (the last one of that name), or an invalid id; also when `object` is no object.
  NodeId find(NodeId object, std::string_view key) const;

 private:
  struct Node {
    Kind kind;
    bool escaped = false;  // string: contains a backslash
    uint32_t begin = 0;
    uint32_t length = 0;
    uint32_t count = 0;
    uint32_t end = 0;  // index of the node after this one's descendants
  };
  friend class DocumentReader;

  std::unique_ptr<char[]> text_;
  std::vector<Node> nodes_;
};

struct Document::ItemRange {
  const Document* document;
  uint32_t first, last;
  struct Iterator {
    const Document* document;
    uint32_t at;
    NodeId operator*() const { return NodeId(at); }
    Iterator& operator++() {
      at = document->nodes_[at].end;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at == b.at; }
  };
  Iterator begin() const { return {document, first}; }
  Iterator end() const { return {document, last}; }
};

struct Document::MemberRange {
  const Document* document;
  uint32_t first, last;
  struct Iterator {
    const Document* document;
    uint32_t at;
    Member operator*() const { return {NodeId(at), NodeId(at + 1)}; }
    Iterator& operator++() {
      at = document->nodes_[at + 1].end;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at == b.at; }
  };
  Iterator begin() const { return {document, first}; }
  Iterator end() const { return {document, last}; }
};

inline Document::ItemRange Document::items(NodeId array) const {
  return {this, static_cast<uint32_t>(array.value() + 1), nodes_[array.value()].end};
}
inline Document::MemberRange Document::members(NodeId object) const {
  return {this, static_cast<uint32_t>(object.value() + 1), nodes_[object.value()].end};
}

}  // namespace signet::json

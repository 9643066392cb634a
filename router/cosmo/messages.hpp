// Messages in the JSON form of Protocol Buffers: absent, null and default are the same, names come in two spellings,
// what is not known is passed over.
// Spec: https://protobuf.dev/programming-guides/json/
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/json/document.hpp"

namespace signet::cosmo {

/// One reason why an execution config cannot be used.
struct ConfigError {
  std::string path;  ///< of the member: "engineConfig.datasourceConfigurations[0].keys[1]"; empty: the whole config
  std::string message;
};

/// The reasons found so far; those beyond the first hundred are not kept.
class Problems {
 public:
  void add(std::string path, std::string message);
  bool none() const { return found_.empty(); }
  std::vector<ConfigError> take() { return std::move(found_); }

 private:
  std::vector<ConfigError> found_;
};

/// `parent.name`, or `name` at the top.
std::string member_path(std::string_view parent, std::string_view name);

/// Reads members of messages. What is of another type than the message has it is a problem, and reads as absent.
/// Lifetime: borrows the document and the problems.
class MessageReader {
 public:
  MessageReader(const json::Document& document, Problems& problems) : document_(&document), problems_(&problems) {}

  const json::Document& document() const { return *document_; }
  Problems& problems() const { return *problems_; }

  /// The member `name` (lowerCamelCase) of a message, also where it is spelt in snake_case; invalid: absent or null, or
  /// there is no message.
  json::NodeId member(json::NodeId message, std::string_view name, std::string_view path) const;
  /// A member that is itself a message; invalid: absent.
  json::NodeId message(json::NodeId message, std::string_view name, std::string_view path) const;
  std::string text(json::NodeId message, std::string_view name, std::string_view path) const;
  bool boolean(json::NodeId message, std::string_view name, std::string_view path) const;
  /// An enum's number, given by number or by one of `names`, whose places are the numbers; nothing for others.
  std::optional<size_t> enumeration(json::NodeId message, std::string_view name, std::string_view path,
                                    std::initializer_list<std::string_view> names) const;
  /// The strings of a list.
  std::vector<std::string> texts(json::NodeId message, std::string_view name, std::string_view path) const;
  /// True where anything but defaults stands in `message`'s member: something that would have an effect.
  bool has_content(json::NodeId message, std::string_view name, std::string_view path) const;

  /// Calls `read(item, path of the item)` for each message of a list.
  template <class Read>
  void each(json::NodeId message, std::string_view name, std::string_view path, Read read) const {
    const json::NodeId list = list_of(message, name, path);
    if (!list.valid()) return;
    size_t index = 0;
    for (const json::NodeId item : document_->items(list)) {
      const std::string at = item_path(path, name, index++);
      if (is_message(item, at)) read(item, at);
    }
  }

 private:
  json::NodeId list_of(json::NodeId message, std::string_view name, std::string_view path) const;
  static std::string item_path(std::string_view path, std::string_view name, size_t index);
  bool is_message(json::NodeId node, const std::string& path) const;

  const json::Document* document_;
  Problems* problems_;
};

/// The text of a ConfigurationVariable that is a constant; empty: absent or empty. Any other kind is a problem, because
/// what it would be filled with (the router's environment, say) is not covered by a signature.
std::string constant(const MessageReader& reader, json::NodeId message, std::string_view name, std::string_view path);

}  // namespace signet::cosmo

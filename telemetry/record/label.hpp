// Labels: the only text that telemetry can carry, as ids into a table that only this room fills.
//
// A Label<C> says that some approved text of class C is meant; it holds no bytes from a request and cannot be made from
// text outside LabelTable. Each class has its own alphabet, checked when a label is made and again when it is exported.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace signet::telemetry {

enum class LabelClass : uint8_t {
  method,
  route,
  error_code,
  operation_type,
  operation_name,
  document,
  operation_hash,
  subgraph,
  user_agent,
  refusal_reason,
  limit,
  tls_failure,
  alarm,
  artifact,
  key_id,
  choice,
  coordinate,
};

template <LabelClass kClass>
class Label {
 public:
  /// The empty label: the attribute is left out.
  constexpr Label() noexcept {}
  Label(const Label& other) noexcept : id_(other.id_) {}  // user-provided, so that no bit_cast makes one
  Label& operator=(const Label& other) noexcept {
    id_ = other.id_;
    return *this;
  }
  bool empty() const { return id_ == 0; }
  uint32_t id() const { return id_; }

 private:
  friend class LabelTable;
  constexpr explicit Label(uint32_t id) noexcept : id_(id) {}
  uint32_t id_ = 0;
};

/// The approved texts. Bounded: past its cap a class answers with `_other`.
/// Threads: any; takes a lock, so labels are made when configuration or an operation is prepared, not per request.
class LabelTable {
 public:
  static constexpr size_t kLabelsPerClassMax = 20'000;
  static constexpr size_t kLabelBytesPerClassMax = 4u << 20;  // documents are long, and every text is kept twice

  LabelTable();

  // From closed vocabularies and from configuration that passed the gate.
  Label<LabelClass::method> method(std::string_view token);  ///< RFC 9110 methods, else `_OTHER`
  Label<LabelClass::route> route(std::string_view configured_path);
  Label<LabelClass::error_code> error_code(std::string_view registry_name);
  Label<LabelClass::operation_type> operation_type(std::string_view keyword);
  Label<LabelClass::subgraph> subgraph(std::string_view name_in_supergraph);
  Label<LabelClass::refusal_reason> refusal_reason(std::string_view registry_name);
  Label<LabelClass::limit> limit(std::string_view registry_name);
  Label<LabelClass::tls_failure> tls_failure(std::string_view registry_name);
  Label<LabelClass::alarm> alarm(std::string_view registry_name);
  Label<LabelClass::artifact> artifact(std::string_view kind);
  Label<LabelClass::key_id> key_id(std::string_view configured_kid);
  Label<LabelClass::choice> choice(std::string_view key_of_configuration);
  /// "Type.field" by names of the schema.
  Label<LabelClass::coordinate> coordinate(std::string_view type_name, std::string_view field_name);

  // Through the anonymizer's rules.
  /// The name when it stands in a signed manifest or in the configuration, else `_other`.
  Label<LabelClass::operation_name> operation_name(std::string_view name, bool registered);
  /// A document that the operation rebuilder printed from schema ids; empty when longer than 8 KiB.
  Label<LabelClass::document> rebuilt_document(std::string_view text);
  /// 32 hexadecimal digits of the rebuilt document's SHA-256.
  Label<LabelClass::operation_hash> operation_hash(std::string_view hex);
  /// The browser or tool family by a fixed table, else `_other`.
  Label<LabelClass::user_agent> user_agent(std::string_view header);

  /// The text of a label, or nothing when the id is not of that class or the text breaks the class's alphabet.
  bool text_of(uint32_t id, LabelClass expected, std::string_view& text) const;
  template <LabelClass kClass>
  std::string_view text(Label<kClass> label) const {
    std::string_view found;
    return text_of(label.id(), kClass, found) ? found : std::string_view();
  }

 private:
  template <LabelClass kClass>
  Label<kClass> make(std::string_view text) {
    return Label<kClass>(intern(kClass, text));
  }
  uint32_t intern(LabelClass label_class, std::string_view text);

  struct Entry {
    LabelClass label_class;
    std::string text;
  };
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  // stable addresses: views stay valid
  std::unordered_map<std::string, uint32_t> ids_;
  std::unordered_map<uint8_t, size_t> counts_;
  std::unordered_map<uint8_t, size_t> bytes_;
};

/// True when `text` fits the alphabet and length of the class.
bool is_allowed(LabelClass label_class, std::string_view text);

}  // namespace signet::telemetry

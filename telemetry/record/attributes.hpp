// Attributes as records carry them: a key of the registry with a label id or a number.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>

#include "telemetry/record/label.hpp"

namespace signet::telemetry {

enum class AttributeKey : uint8_t {
#define SIGNET_LABEL(name, key, label_class) name,
#define SIGNET_NUMBER(name, key, min, max) name,
#include "telemetry/record/attributes.def"
#undef SIGNET_LABEL
#undef SIGNET_NUMBER
};

struct AttributeInfo {
  std::string_view key;
  bool is_label;
  LabelClass label_class;  ///< labels
  int64_t min, max;        ///< numbers
};

const AttributeInfo& info(AttributeKey key);
size_t attribute_count();

struct Attribute {
  AttributeKey key{};
  int64_t value = 0;  ///< a label's id, or the number
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// At most fourteen attributes of one record, set by one generated setter per registry line. There is no setter that
/// takes text.
class AttributeSet {
 public:
  static constexpr size_t kCapacity = 14;

#define SIGNET_LABEL(name, key, label_class)                 \
  AttributeSet& name(Label<LabelClass::label_class> value) { \
    if (!value.empty()) put(AttributeKey::name, value.id()); \
    return *this;                                            \
  }
#define SIGNET_NUMBER(name, key, min, max)               \
  AttributeSet& name(std::same_as<int64_t> auto value) { \
    put(AttributeKey::name, value);                      \
    return *this;                                        \
  }
#include "telemetry/record/attributes.def"
#undef SIGNET_LABEL
#undef SIGNET_NUMBER

  const Attribute* begin() const { return items_.data(); }
  const Attribute* end() const { return items_.data() + size_; }
  size_t size() const { return size_; }
  friend bool operator==(const AttributeSet&, const AttributeSet&) = default;

 private:
  void put(AttributeKey key, int64_t value) {
    if (size_ < kCapacity) items_[size_++] = {key, value};
  }
  std::array<Attribute, kCapacity> items_{};
  uint8_t size_ = 0;
};

/// The check on the way out: label of the right class and alphabet, number within its range.
bool conforms(const Attribute& attribute, const LabelTable& labels);

}  // namespace signet::telemetry

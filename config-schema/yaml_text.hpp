// What is checked of a YAML file before it is parsed, and where its lines are.
#pragma once

#include <string_view>
#include <vector>

#include "config-schema/findings.hpp"

namespace signet::config {

/// Lifetime: borrows the text.
class LineIndex {
 public:
  LineIndex(std::string_view text, uint32_t file);
  /// Line and column from 0, in bytes, as yaml-cpp counts; the place counts characters.
  /// Cost: that of the way from the place asked for before, when that is further left on the same line.
  Place place(int line, int column) const;
  /// True when `text`, plain or in quotes, is what stands there to the last character.
  bool holds(int line, int column, std::string_view text) const;

 private:
  std::string_view rest_at(int line) const;

  std::string_view text_;
  uint32_t file_;
  std::vector<size_t> starts_;
  struct Seen {
    size_t line = 0, bytes = 0;
    uint32_t characters = 0;
  };
  mutable Seen seen_;
};

/// Size, UTF-8, byte-order mark, tabs and other controls, directives, several documents: each mistake is reported.
bool check_yaml_text(const SourceFile& file, uint32_t index, Findings& findings);

/// For a file that could not be parsed, so that nobody knows which values are secret: hides what stands behind keys
/// that sound like one.
void hide_likely_secrets(const SourceFile& file, uint32_t index, Findings& findings);

}  // namespace signet::config

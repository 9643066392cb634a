// Findings: the mistakes of one run, with their places, and what of the source lines may be quoted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config-schema/load.hpp"
#include "config-schema/positioned_yaml.hpp"

namespace signet::config {

/// Lifetime: borrows the source files.
class Findings {
 public:
  explicit Findings(const std::vector<SourceFile>& files) : files_(files) {}

  void error(const Place& place, std::string path, std::string message);
  void warning(const Place& place, std::string path, std::string message);
  /// From here to the end of its line nothing is quoted.
  void hide_line_from(const Place& place) { hidden_.push_back({place, {}}); }
  /// The text of the scalars below `node` is not quoted.
  void hide(const YamlNode& node);
  /// True when there is an error at `path` or below it.
  bool covers(std::string_view path) const;

  bool failed() const { return !errors_.empty(); }
  size_t error_count() const { return errors_.size(); }
  /// In file order.
  std::vector<Diagnostic> take_errors() { return finish(std::move(errors_)); }
  std::vector<Diagnostic> take_warnings() { return finish(std::move(warnings_)); }

 private:
  struct Finding {
    Place place;
    std::string path;
    std::string message;
    size_t order;  ///< among the findings at one place
  };
  struct Hidden {
    Place place;
    std::string text;  ///< as it stands in the file, without quotes; empty: the rest of the line
  };
  std::vector<Diagnostic> finish(std::vector<Finding> findings) const;
  std::string quoted_line(const Place& place) const;

  const std::vector<SourceFile>& files_;
  std::vector<Finding> errors_;
  std::vector<Finding> warnings_;
  std::vector<Hidden> hidden_;
};

/// `text` for a message: in quotes, shortened, without control characters and passwords of URLs.
std::string quote(std::string_view text);
/// A scalar for a message: as it stands in the file, so that what a substitution brought in is not shown.
std::string quote(const YamlNode& scalar);

}  // namespace signet::config

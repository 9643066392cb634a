// The posture of a configuration: what it trusts although it need not. Nothing here is a mistake; each weakness is a
// choice.
#pragma once

#include <string>
#include <vector>

#include "config-schema/load.hpp"

namespace signet::config {

struct Weakness {
  std::string code;     ///< "hmac_alone", "unsafe_key"
  std::string path;     ///< the YAML key to look at
  std::string file;     ///< empty: the key is left to its default
  uint32_t line = 0;    ///< from 1
  std::string message;  ///< what is weak, why, and what would be stronger

  /// The choice by one name: the code, or for an unsafe key its path.
  const std::string& name() const { return code == "unsafe_key" ? path : code; }
};

/// In the order of the schema. Empty: every release or approval needs a key that the router cannot sign with, and no
/// key whose name begins with unsafe_ is in use.
std::vector<Weakness> posture(const Loaded& loaded);

/// A line for each, or the sentence that there is none; with a final newline.
std::string render_posture(const std::vector<Weakness>& weaknesses);
/// {"weak":…,"weaknesses":[{"code","path","file","line","message"}]}
std::string render_posture_json(const std::vector<Weakness>& weaknesses);

}  // namespace signet::config

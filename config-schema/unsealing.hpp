// Sealed values of a configuration, opened after substitution and before anything is validated.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config-schema/findings.hpp"
#include "config-schema/load.hpp"
#include "config-schema/positioned_yaml.hpp"
#include "config-schema/sealed_value.hpp"

namespace signet::config {

inline constexpr std::string_view kMasterKey = "secrets.master_key_file";
inline constexpr std::string_view kPreviousMasterKey = "secrets.previous_master_key_file";

/// The graph and environment that `root` names, after substitution; the key is left out.
SealedPlace place_in(const YamlNode& root);

/// Calls `visit` with every scalar below `root` that stands sealed in the file, and its path.
void for_each_sealed(YamlNode& root, const std::function<void(YamlNode& node, const std::string& path)>& visit);

/// Opens every sealed value below `root` with the master keys that it names; those files are read only when there is
/// one. Each file that was read is appended to `files`.
/// Errors: key files and values that are no good; such a value is marked as failed. Neither is told.
void unseal(YamlNode& root, const SubstitutionSources& sources, std::vector<FileUse>& files, Findings& findings);

}  // namespace signet::config

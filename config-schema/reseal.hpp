// Another master key for the sealed values of YAML files: the values are sealed anew, and all other bytes stay.
#pragma once

#include <expected>
#include <vector>

#include "config-schema/load.hpp"

namespace signet::config {

struct Resealed {
  std::vector<SourceFile> files;
  size_t values = 0;  ///< sealed anew; those that `to` opens already are left as they are
};

/// `files` are the layers of one configuration, of which graph and environment are taken.
/// Errors: every value that neither key opens, and those that do not stand on one line; with places, without values.
std::expected<Resealed, std::vector<Diagnostic>> reseal(const std::vector<SourceFile>& files,
                                                        const SubstitutionSources& sources,
                                                        const crypto::SecretBytes& from, const crypto::SecretBytes& to);

}  // namespace signet::config

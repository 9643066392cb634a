// UTF-8: validation and encoding of single code points (Unicode 15, RFC 3629).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signet {

/// True when `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// Appends the UTF-8 form of `code_point`, which must be a Unicode scalar value.
void append_utf8(std::string& out, uint32_t code_point);

/// At most `bytes_max` bytes of `text`, cut between code points; an ellipsis says that it was cut.
std::string shortened(std::string text, size_t bytes_max);

}  // namespace signet

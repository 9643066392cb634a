#include "router/graphql/ast.hpp"

namespace signet::graphql {

Document::Document(std::string_view source)
    : source_(std::make_unique_for_overwrite<char[]>(source.size())), source_size_(source.size()) {
  if (!source.empty()) std::memcpy(source_.get(), source.data(), source.size());
}

Position Document::position(uint32_t offset) const {
  const std::string_view text = source();
  const size_t end = std::min<size_t>(offset, text.size());
  Position position{1, 1};
  size_t line_begin = 0;
  for (size_t i = 0; i < end; ++i) {
    const bool ends_line = text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n'));
    if (!ends_line) continue;
    ++position.line;
    line_begin = i + 1;
  }
  position.column = static_cast<uint32_t>(end - line_begin + 1);
  return position;
}

}  // namespace signet::graphql

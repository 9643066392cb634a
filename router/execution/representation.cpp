#include "router/execution/representation.hpp"

#include <algorithm>

#include "router/base/keyed_hash.hpp"
#include "router/execution/distinct_walk.hpp"

namespace signet::execution {

using federation::Fetch;
using federation::Shape;
using federation::TemplateItem;
using federation::TemplateItemId;
using federation::TypeRef;

namespace {

class RepresentationWriter {
 public:
  RepresentationWriter(const Plan& plan, const Store& store, std::string& out)
      : plan_(plan), store_(store), cursors_(plan, store), out_(out) {}

  /// False when the object must not be asked for; `out` may then hold a part of it.
  bool write(const Fetch& fetch, const ObjectCursor& cursor) {
    key_values_ = 0;
    out_ += fetch.representation_prefix;
    if (!write_items(fetch.representation, cursor, true)) return false;
    out_ += '}';
    if (key_values_ > 0) return true;
    // An object whose whole key is null is not identified by it; one that needs no key, because all are alike, is.
    return std::ranges::none_of(fetch.representation, [&](TemplateItemId id) { return plan_.template_items[id].key; });
  }

 private:
  bool write_items(const std::vector<TemplateItemId>& items, const ObjectCursor& cursor, bool comma) {
    for (TemplateItemId id : items) {
      const TemplateItem& item = plan_.template_items[id];
      if (comma) out_ += ',';
      comma = true;
      out_ += item.key_json;
      const bool written =
          item.child ? write_value(item, item.type, cursors_.child(cursor, item.child)) : write_leaf(item, cursor);
      if (!written) return false;
    }
    return true;
  }

  bool write_leaf(const TemplateItem& item, const ObjectCursor& cursor) {
    const uint32_t block = cursor.blocks[plan_.shapes[item.shape].index];
    if (block == kNone) return false;
    const StoredValue value = store_.slot(block, item.slot);
    if (value.kind != ValueKind::leaf) return write_null(value.kind, item.type);
    out_ += store_.raw(value);
    if (item.key) ++key_values_;
    return true;
  }

  /// A null is passed on where the schema allows it, but not one that stands for an error.
  bool write_null(ValueKind kind, TypeRef type) {
    if (kind != ValueKind::null || type.non_null()) return false;
    out_ += "null";
    return true;
  }

  bool write_value(const TemplateItem& item, TypeRef type, const ValueCursor& value) {
    const ValueKind kind = value.kind();
    if (kind == ValueKind::list && type.is_list()) {
      out_ += '[';
      const uint32_t size = value.size(store_);
      for (uint32_t i = 0; i < size; ++i) {
        if (i > 0) out_ += ',';
        if (!write_value(item, type.item(), value.item(store_, i))) return false;
      }
      out_ += ']';
      return true;
    }
    if (kind == ValueKind::object && !type.is_list()) return write_object(item, cursors_.object(value));
    return write_null(kind, type);
  }

  bool write_object(const TemplateItem& item, const ObjectCursor& cursor) {
    out_ += '{';
    if (!cursor.type_case) return false;
    if (item.abstract) {
      out_ += "\"__typename\":\"";
      out_ += plan_.cases[cursor.type_case].type_name;
      out_ += '"';
    }
    for (const TemplateItem::Case& each : item.cases) {
      if (each.type_case == cursor.type_case && !write_items(each.items, cursor, item.abstract)) return false;
    }
    out_ += '}';
    return true;
  }

  const Plan& plan_;
  const Store& store_;
  Cursors cursors_;
  std::string& out_;
  size_t key_values_ = 0;
};

}  // namespace

bool RepresentationList::add(FetchId id) {
  const Fetch& fetch = plan_.fetches[id];
  const Shape& shape = plan_.shapes[fetch.shape];
  const uint16_t anchor_index = plan_.shapes[shape.parent].index;
  RepresentationWriter writer(plan_, store_, body_);
  std::vector<bool>& wanted = store_.wanted[id];
  return DistinctWalk(plan_, store_, fetch.position).each([&](const ObjectCursor& cursor) {
    if (cursor.type_case != fetch.type_case) return;
    const uint32_t anchor = cursor.blocks[anchor_index];
    if (anchor == kNone || store_.link(anchor, shape.link) != kNone) return;  // shared, and linked already
    const size_t checkpoint = body_.size();
    if (!known_.empty()) body_ += ',';
    const size_t begin = body_.size();
    if (!writer.write(fetch, cursor)) {
      body_.resize(checkpoint);
      return;
    }
    const uint32_t number = number_of(checkpoint, begin);
    store_.link(anchor, shape.link) = number;
    if (wanted.size() <= number) wanted.resize(number + size_t{1});
    wanted[number] = true;
  });
}

uint32_t RepresentationList::number_of(size_t checkpoint, size_t begin) {
  const std::string_view text = std::string_view(body_).substr(begin);
  const uint64_t hash = keyed_hash(text).low;
  if (2 * known_.size() >= places_.size()) make_places();
  size_t place = hash & (places_.size() - 1);
  for (; places_[place] != kNone; place = (place + 1) & (places_.size() - 1)) {
    const Span& span = known_[places_[place]];
    if (span.hash != hash || std::string_view(body_).substr(span.begin, span.length) != text) continue;
    body_.resize(checkpoint);
    return places_[place];
  }
  places_[place] = static_cast<uint32_t>(known_.size());
  known_.push_back({hash, begin, text.size()});
  return places_[place];
}

void RepresentationList::make_places() {
  constexpr size_t kPlacesMin = 16;
  places_.assign(std::max(kPlacesMin, 2 * places_.size()), kNone);
  for (uint32_t number = 0; number < known_.size(); ++number) {
    size_t place = known_[number].hash & (places_.size() - 1);
    while (places_[place] != kNone) place = (place + 1) & (places_.size() - 1);
    places_[place] = number;
  }
}

uint32_t RepresentationList::finish() {
  body_ += ']';
  return static_cast<uint32_t>(known_.size());
}

size_t link_reentry(const Plan& plan, Store& store, FetchId id) {
  const Fetch& fetch = plan.fetches[id];
  const Shape& shape = plan.shapes[fetch.shape];
  const uint16_t anchor_index = plan.shapes[shape.parent].index;
  size_t count = 0;
  DistinctWalk(plan, store, fetch.position).each([&](const ObjectCursor& cursor) {
    const uint32_t anchor = cursor.blocks[anchor_index];
    if (cursor.type_case != fetch.type_case || anchor == kNone) return;
    store.link(anchor, shape.link) = 0;
    count = 1;
  });
  return count;
}

}  // namespace signet::execution

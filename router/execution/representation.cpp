#include "router/execution/representation.hpp"

#include <algorithm>

#include "router/base/keyed_hash.hpp"

namespace signet::execution {

using federation::Fetch;
using federation::Shape;
using federation::TemplateItem;
using federation::TemplateItemId;
using federation::TypeRef;

namespace {

constexpr size_t kPlacesMin = 64;

/// An object that is written, or a part of one.
class Subject {
 public:
  explicit Subject(const ObjectCursor& cursor) : type_case(cursor.type_case), cursor_(&cursor) {}
  /// At a position where each object is one block.
  Subject(PositionId position, CaseId of, uint32_t block) : type_case(of), position_(position), block_(block) {}

  uint32_t block_of(const Cursors& cursors, const Shape& shape) const {
    return cursor_ != nullptr ? cursor_->blocks[shape.index] : cursors.block_of(shape, block_);
  }
  ValueCursor child(const Cursors& cursors, PositionId child) const {
    return cursor_ != nullptr ? cursors.child(*cursor_, child)
                              : cursors.child(cursors.object(position_, block_), child);
  }

  CaseId type_case;

 private:
  const ObjectCursor* cursor_ = nullptr;
  PositionId position_;
  uint32_t block_ = kNone;
};

/// Calls `visit` for each object at the position of `fetch` that it is for. False when they are too many to walk.
template <class Visit>
bool each_subject(const Plan& plan, const Store& store, const Fetch& fetch, Visit visit) {
  const Cursors cursors(plan, store);
  if (cursors.each_is_one_block(fetch.position)) {
    uint32_t block = store.chains[plan.positions[fetch.position].shapes.front()].first;
    for (; block != kNone; block = store.blocks[block].next) {
      if (store.blocks[block].type_case == fetch.type_case) visit(Subject(fetch.position, fetch.type_case, block));
    }
    return true;
  }
  return cursors.each_object(fetch.position, [&](const ObjectCursor& cursor, const Path&) {
    if (cursor.type_case == fetch.type_case) visit(Subject(cursor));
    return true;
  });
}

class RepresentationWriter {
 public:
  RepresentationWriter(const Plan& plan, const Store& store, TextBuffer& out)
      : plan_(plan), store_(store), cursors_(plan, store), out_(out) {}

  /// False when the object must not be asked for; `out` may then hold a part of it.
  bool write(const Fetch& fetch, const Subject& subject) {
    key_values_ = 0;
    out_.put(fetch.representation_prefix);
    if (!write_items(fetch.representation, subject, true)) return false;
    out_.put('}');
    if (key_values_ > 0) return true;
    // An object whose whole key is null is not identified by it; one that needs no key, because all are alike, is.
    return std::ranges::none_of(fetch.representation, [&](TemplateItemId id) { return plan_.template_items[id].key; });
  }

 private:
  bool write_items(const std::vector<TemplateItemId>& items, const Subject& subject, bool comma) {
    for (TemplateItemId id : items) {
      const TemplateItem& item = plan_.template_items[id];
      if (comma) out_.put(',');
      comma = true;
      out_.put(item.key_json);
      const bool written = item.child ? write_value(item, item.type, subject.child(cursors_, item.child))
                                      : write_leaf(item, subject.block_of(cursors_, plan_.shapes[item.shape]));
      if (!written) return false;
    }
    return true;
  }

  bool write_leaf(const TemplateItem& item, uint32_t block) {
    if (block == kNone) return false;
    const StoredValue& value = store_.slot(block, item.slot);
    if (value.kind != ValueKind::leaf) return write_null(value.kind, item.type);
    out_.put(value.raw());
    if (item.key) ++key_values_;
    return true;
  }

  /// A null is passed on where the schema allows it, but not one that stands for an error.
  bool write_null(ValueKind kind, TypeRef type) {
    if (kind != ValueKind::null || type.non_null()) return false;
    out_.put("null");
    return true;
  }

  bool write_value(const TemplateItem& item, TypeRef type, const ValueCursor& value) {
    const ValueKind kind = value.kind();
    if (kind == ValueKind::list && type.is_list()) {
      out_.put('[');
      const uint32_t size = value.size(store_);
      for (uint32_t i = 0; i < size; ++i) {
        if (i > 0) out_.put(',');
        if (!write_value(item, type.item(), value.item(store_, i))) return false;
      }
      out_.put(']');
      return true;
    }
    if (kind == ValueKind::object && !type.is_list()) return write_object(item, cursors_.object(value));
    return write_null(kind, type);
  }

  bool write_object(const TemplateItem& item, const ObjectCursor& cursor) {
    out_.put('{');
    if (!cursor.type_case) return false;
    if (item.abstract) {
      out_.put("\"__typename\":\"");
      out_.put(plan_.cases[cursor.type_case].type_name);
      out_.put('"');
    }
    for (const TemplateItem::Case& each : item.cases) {
      if (each.type_case == cursor.type_case && !write_items(each.items, Subject(cursor), item.abstract)) return false;
    }
    out_.put('}');
    return true;
  }

  const Plan& plan_;
  const Store& store_;
  Cursors cursors_;
  TextBuffer& out_;
  size_t key_values_ = 0;
};

}  // namespace

bool RepresentationList::add(FetchId id) {
  const Fetch& fetch = plan_.fetches[id];
  const Shape& shape = plan_.shapes[fetch.shape];
  const Shape& anchor_shape = plan_.shapes[shape.parent];
  const Cursors cursors(plan_, store_);
  RepresentationWriter writer(plan_, store_, body_);
  std::vector<bool>& wanted = store_.wanted[id];
  return each_subject(plan_, store_, fetch, [&](const Subject& subject) {
    const uint32_t anchor = subject.block_of(cursors, anchor_shape);
    if (anchor == kNone || store_.link(anchor, shape.link) != kNone) return;  // shared, and linked already
    const size_t checkpoint = body_.size();
    if (known_.size() > 0) body_.put(',');
    const size_t begin = body_.size();
    if (!writer.write(fetch, subject)) {
      body_.cut(checkpoint);
      return;
    }
    const uint32_t number = number_of(checkpoint, begin);
    store_.link(anchor, shape.link) = number;
    if (wanted.size() <= number) wanted.resize(std::max<size_t>({kPlacesMin, number + size_t{1}, 2 * wanted.size()}));
    wanted[number] = true;
  });
}

uint32_t RepresentationList::number_of(size_t checkpoint, size_t begin) {
  const std::string_view text = body_.written(begin, body_.size() - begin);
  const uint64_t hash = brief_keyed_hash(text);
  if (2 * known_.size() >= places_.size()) make_places();
  size_t place = hash & (places_.size() - 1);
  for (; places_[place] != kNone; place = (place + 1) & (places_.size() - 1)) {
    const Known& known = known_[places_[place]];
    if (known.hash != hash || body_.written(known.begin, known.length) != text) continue;
    body_.cut(checkpoint);
    return places_[place];
  }
  places_[place] = static_cast<uint32_t>(known_.size());
  known_.push_back({.hash = hash, .begin = begin, .length = text.size()});
  return places_[place];
}

void RepresentationList::make_places() {
  places_.assign(std::max(kPlacesMin, 2 * places_.size()), kNone);
  for (uint32_t number = 0; number < known_.size(); ++number) {
    size_t place = known_[number].hash & (places_.size() - 1);
    while (places_[place] != kNone) place = (place + 1) & (places_.size() - 1);
    places_[place] = number;
  }
}

uint32_t RepresentationList::finish() {
  body_.put(']');
  return static_cast<uint32_t>(known_.size());
}

size_t link_reentry(const Plan& plan, Store& store, FetchId id) {
  const Fetch& fetch = plan.fetches[id];
  const Shape& shape = plan.shapes[fetch.shape];
  const Cursors cursors(plan, store);
  size_t count = 0;
  each_subject(plan, store, fetch, [&](const Subject& subject) {
    const uint32_t anchor = subject.block_of(cursors, plan.shapes[shape.parent]);
    if (anchor == kNone) return;
    store.link(anchor, shape.link) = 0;
    count = 1;
  });
  return count;
}

}  // namespace signet::execution

#include "archive/debug_records.h"

#include <algorithm>
#include <unordered_map>

#include "archive/pickle.h"

namespace taper::impl {
namespace {

constexpr std::string_view kTableMark = "FORMAT_WITH_STRING_TABLE";
constexpr size_t kMaxText = size_t(64) << 20;  // of all sources together
constexpr int64_t kMaxLine = 1 << 30;

class Decoder {
 public:
  std::vector<DebugRecord> decode(const Value& root) {
    if (!root.is(Tag::kTuple)) return {};
    const Vec<Value>* items = &root.tuple().items;
    if (items->empty()) return {};
    if ((*items)[0].is(Tag::kString)) {  // (mark, table, records)
      if ((*items)[0].string() != kTableMark || items->size() != 3) return {};
      if (!(*items)[1].is(Tag::kTuple) || !(*items)[2].is(Tag::kTuple)) return {};
      table_ = &(*items)[1].tuple().items;
      items = &(*items)[2].tuple().items;
    }
    std::vector<DebugRecord> records;
    records.reserve(items->size());
    for (const Value& item : *items) {
      DebugRecord record;
      if (decode_record(item, record)) records.push_back(std::move(record));
    }
    auto before = [](const DebugRecord& a, const DebugRecord& b) { return a.offset < b.offset; };
    if (!std::is_sorted(records.begin(), records.end(), before))
      std::stable_sort(records.begin(), records.end(), before);
    return records;
  }

 private:
  static const Vec<Value>* tuple_of_size(const Value& value, size_t least) {
    if (!value.is(Tag::kTuple) || value.tuple().items.size() < least) return nullptr;
    return &value.tuple().items;
  }
  static bool offset(const Value& value, uint32_t& out) {
    if (!value.is(Tag::kInt) || value.integer() < 0 || value.integer() > int64_t(UINT32_MAX)) return false;
    out = uint32_t(value.integer());
    return true;
  }

  // (offset, (source, start, end)[, tag])
  bool decode_record(const Value& value, DebugRecord& record) {
    const auto* parts = tuple_of_size(value, 2);
    if (!parts || !offset((*parts)[0], record.offset)) return false;
    const auto* range = tuple_of_size((*parts)[1], 3);
    if (!range || !offset((*range)[1], record.original.start) || !offset((*range)[2], record.original.end))
      return false;
    record.original.source = source((*range)[0]);
    return true;
  }

  Ref<const Source> source(const Value& value) {
    const auto* parts = tuple_of_size(value, 3);
    if (!parts) return nullptr;
    auto [found, fresh] = sources_.try_emplace(value.pointer());
    if (fresh) found->second = make_source(*parts);
    return found->second;
  }

  const std::string* table_text(const Value& value) const {
    if (!value.is(Tag::kInt) || value.integer() < 0 || uint64_t(value.integer()) >= table_->size()) return nullptr;
    const Value& text = (*table_)[size_t(value.integer())];
    return text.is(Tag::kString) ? &text.string() : nullptr;
  }

  // (text or its lines' numbers, file name or its number, number of the first line)
  Ref<const Source> make_source(const Vec<Value>& parts) {
    auto made = make_ref<Source>();
    if (table_) {
      if (!parts[0].is(Tag::kList)) return nullptr;
      for (const Value& line : parts[0].list().items) {
        const std::string* text = table_text(line);
        if (!text || !spend(text->size())) return nullptr;
        made->text += *text;
      }
      const std::string* name = table_text(parts[1]);
      if (!name) return nullptr;
      made->name = *name;
    } else {
      if (!parts[0].is(Tag::kString) || !spend(parts[0].string().size())) return nullptr;
      made->text = parts[0].string();
      if (parts[1].is(Tag::kString)) made->name = parts[1].string();
    }
    if (parts[2].is(Tag::kInt)) made->first_line = int(std::clamp<int64_t>(parts[2].integer(), 0, kMaxLine));
    // Code that no Python line stands for has an empty source.
    return made->text.empty() ? nullptr : Ref<const Source>(std::move(made));
  }

  bool spend(size_t bytes) {
    if (bytes > text_left_) return false;
    text_left_ -= bytes;
    return true;
  }

  const Vec<Value>* table_ = nullptr;
  size_t text_left_ = kMaxText;
  std::unordered_map<const RefCounted*, Ref<const Source>> sources_;
};

}  // namespace

std::vector<DebugRecord> parse_debug_records(std::span<const char> pickle) {
  try {
    PickleBudget budget{.values = 20'000'000, .max_depth = 16};
    return Decoder().decode(read_pickle(pickle, {.where = "debug records"}, budget, nullptr));
  } catch (const Error&) {
    return {};
  }
}

}  // namespace taper::impl

// Dict values: a dense vector of entries in insertion order, and an index over it once it has more than a few.
#include <bit>
#include <cmath>

#include "core/class_type.h"
#include "core/error.h"
#include "core/value.h"

namespace taper::impl {
namespace {

constexpr size_t kSmall = 8;  // up to here a scan is faster than hashing
constexpr size_t kMaxEntries = size_t(INT32_MAX) / 2;

size_t mix(uint64_t x) noexcept {  // MurmurHash3's finalizer: linear probing needs well spread low bits
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return size_t(x);
}

size_t hash_float(double value) noexcept {
  if (value == 0) value = 0;  // -0. and 0. are one key
  return mix(std::bit_cast<uint64_t>(value));
}

size_t hash_text(std::string_view text) noexcept { return std::hash<std::string_view>()(text); }

[[noreturn]] void fail_unhashable(const Value& key) { fail_runtime("unhashable type: '", tag_name(key.tag()), "'"); }

}  // namespace

bool is_hashable(const Value& value) noexcept {
  switch (value.tag()) {
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kFloat:
    case Tag::kDevice:
    case Tag::kTensor:
    case Tag::kComplex:
    case Tag::kString:
    case Tag::kEnum: return true;
    default: return false;
  }
}

size_t hash_key(const Value& value) noexcept {
  switch (value.tag()) {
    case Tag::kBool: return mix(value.boolean());
    case Tag::kInt: return mix(uint64_t(value.integer()));
    case Tag::kFloat: return hash_float(value.floating());
    case Tag::kDevice: return mix((uint64_t(uint16_t(value.device().index)) << 8) | uint8_t(value.device().type));
    case Tag::kTensor: return mix(reinterpret_cast<uintptr_t>(value.pointer()));
    case Tag::kComplex: {
      std::complex<double> number = static_cast<const ComplexObj*>(value.pointer())->value;
      return hash_float(number.real()) * 31 + hash_float(number.imag());
    }
    case Tag::kString: return hash_text(value.string());
    case Tag::kEnum: return hash_text(value.enumeration().name);
    default: return 0;
  }
}

bool keys_equal(const Value& a, const Value& b) noexcept {
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::kBool: return a.boolean() == b.boolean();
    case Tag::kInt: return a.integer() == b.integer();
    case Tag::kFloat: return a.floating() == b.floating();
    case Tag::kDevice: return a.device() == b.device();
    case Tag::kComplex:
      return static_cast<const ComplexObj*>(a.pointer())->value == static_cast<const ComplexObj*>(b.pointer())->value;
    case Tag::kString: return a.string() == b.string();
    case Tag::kEnum: {
      const EnumObj &left = a.enumeration(), &right = b.enumeration();
      return &left == &right || (left.type == right.type && left.name == right.name);
    }
    default: return a.is_same(b);
  }
}

// The slot that holds the key, or the free one where it belongs. Only with an index.
size_t DictObj::slot_of(const Value& key) const noexcept {
  size_t mask = index_.size() - 1;
  size_t slot = hash_key(key) & mask;
  while (index_[slot] >= 0 && !keys_equal(entries_[size_t(index_[slot])].key, key)) slot = (slot + 1) & mask;
  return slot;
}

void DictObj::rehash(size_t slots) {
  Vec<int32_t> fresh(slots, -1);  // may throw: nothing is changed before
  index_.swap(fresh);
  for (size_t i = 0; i < entries_.size(); ++i) {
    // Entries are distinct, except that a NaN equals nothing: the next free slot is right for both.
    size_t slot = hash_key(entries_[i].key) & (slots - 1);
    while (index_[slot] >= 0) slot = (slot + 1) & (slots - 1);
    index_[slot] = int32_t(i);
  }
}

Value* DictObj::find(const Value& wanted) noexcept {
  if (index_.empty()) {
    for (Entry& entry : entries_)
      if (keys_equal(entry.key, wanted)) return &entry.value;
    return nullptr;
  }
  int32_t at = index_[slot_of(wanted)];
  return at < 0 ? nullptr : &entries_[size_t(at)].value;
}

void DictObj::set(const Value& wanted, Value new_value) {
  if (Value* found = find(wanted)) {
    *found = std::move(new_value);
    return;
  }
  if (!is_hashable(wanted)) fail_unhashable(wanted);
  check(entries_.size() < kMaxEntries, "a dict cannot hold more than ", kMaxEntries, " entries");
  // At most half full, so that a probe ends soon. Grown before the entry is added: a failure leaves the dict as it was.
  size_t needed = (entries_.size() + 1) * 2;
  if (entries_.size() >= kSmall && index_.size() < needed) rehash(std::bit_ceil(needed * 2));
  entries_.push_back({wanted, std::move(new_value)});
  if (!index_.empty()) index_[slot_of(wanted)] = int32_t(entries_.size() - 1);
}

bool DictObj::erase(const Value& wanted) {
  size_t at = 0;
  if (index_.empty()) {
    while (at < entries_.size() && !keys_equal(entries_[at].key, wanted)) ++at;
    if (at == entries_.size()) return false;
  } else {
    size_t hole = slot_of(wanted), mask = index_.size() - 1;
    if (index_[hole] < 0) return false;
    at = size_t(index_[hole]);
    index_[hole] = -1;
    // Close the gap in the probe sequences that went over the slot.
    for (size_t slot = (hole + 1) & mask; index_[slot] >= 0; slot = (slot + 1) & mask) {
      size_t home = hash_key(entries_[size_t(index_[slot])].key) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      index_[hole] = index_[slot];
      index_[slot] = -1;
      hole = slot;
    }
    if (at + 1 != entries_.size())
      for (int32_t& entry : index_)
        if (entry > int32_t(at)) --entry;
  }
  // The entry dies last: its destructor may run code that looks at the dict.
  Entry dead = std::move(entries_[at]);
  entries_.erase(entries_.begin() + ptrdiff_t(at));
  return true;
}

void DictObj::clear() noexcept {
  Vec<Entry> dead;
  dead.swap(entries_);
  index_.clear();
}

}  // namespace taper::impl

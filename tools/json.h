// JSON text, written as it is built.
//
//   JsonWriter json;
//   json.object([&] {
//     json.member("name", "a");
//     json.key("items").array([&] { json.value(1).value(2.5); });
//   });
//   json.text();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taper::impl {

class JsonWriter {
 public:
  // indent: spaces a level; 0 writes one line.
  explicit JsonWriter(int indent = 2) : indent_(indent) {}

  template <class Body>
  JsonWriter& object(Body&& body) {
    open('{');
    body();
    return close('}');
  }
  template <class Body>
  JsonWriter& array(Body&& body) {
    open('[');
    body();
    return close(']');
  }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool v) { return raw(v ? "true" : "false"); }
  JsonWriter& value(int v) { return value(int64_t(v)); }
  JsonWriter& value(int64_t v);
  JsonWriter& value(uint64_t v);
  JsonWriter& value(double v);  // null when it is no finite number: JSON has no other
  JsonWriter& null() { return raw("null"); }
  template <class T>
  JsonWriter& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  const std::string& text() const { return out_; }

 private:
  void open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view text);
  void separate();
  void newline();

  std::string out_;
  int indent_, depth_ = 0;
  bool first_ = true, after_key_ = false;
};

}  // namespace taper::impl

// JSON text, written as it is built.
//
//   Json json;
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

class Json {
 public:
  // indent: spaces a level; 0 writes one line.
  explicit Json(int indent = 2) : indent_(indent) {}

  template <class Body>
  Json& object(Body&& body) {
    open('{');
    body();
    return close('}');
  }
  template <class Body>
  Json& array(Body&& body) {
    open('[');
    body();
    return close(']');
  }
  Json& key(std::string_view name);
  Json& value(std::string_view text);
  Json& value(const char* text) { return value(std::string_view(text)); }
  Json& value(const std::string& text) { return value(std::string_view(text)); }
  Json& value(bool v) { return raw(v ? "true" : "false"); }
  Json& value(int v) { return value(int64_t(v)); }
  Json& value(int64_t v);
  Json& value(uint64_t v);
  Json& value(double v);  // null when it is no finite number: JSON has no other
  Json& null() { return raw("null"); }
  template <class T>
  Json& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  const std::string& text() const { return out_; }

 private:
  void open(char bracket);
  Json& close(char bracket);
  Json& raw(std::string_view text);
  void separate();
  void newline();

  std::string out_;
  int indent_, depth_ = 0;
  bool first_ = true, after_key_ = false;
};

}  // namespace taper::impl

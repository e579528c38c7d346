// Loading modules: from a file, memory, a host's reader; the extra files stored beside the model; saving and freezing.
#include <algorithm>

#include "archive/reader.h"
#include "ops/registry.h"
#include "runtime/capi.h"
#include "runtime/capi_registry.h"

using namespace taper::impl;

namespace taper::impl {
namespace {

// The host's source of bytes.
class HostReader final : public Reader {
 public:
  explicit HostReader(const taper_reader& reader) : Reader("<reader>"), reader_(reader) {}
  uint64_t size() const noexcept override { return reader_.size; }
  void read(uint64_t offset, void* to, size_t size) const override {
    if (taper_error* error = reader_.read(reader_.user, offset, to, size)) rethrow(error);
  }

 private:
  const taper_reader reader_;
};

// All bytes in memory of our own: code and extra files are read long after the load, when the file may have changed and
// the host's reader may be gone. Tensors point into these bytes, so nothing is held twice.
Ref<Reader> buffer(const Reader& source, uint64_t limit) {
  if (source.size() > limit)
    fail(ErrorCode::kBudget, cat(source.name, ": ", source.size(), " bytes are more than the limit of ", limit));
  std::vector<char> bytes(size_t(source.size()));
  if (!bytes.empty()) source.read(0, bytes.data(), bytes.size());
  return own_memory(std::move(bytes), source.name);
}

struct Options {
  taper_load_options given;
  ReadOptions read;
  ModuleOptions module;
};

Options translate(const taper_load_options* options) {
  Options out{read_options(options, "load options"), {}, {}};
  out.read.check_crc = out.given.check_crc;
  if (out.given.max_bytes) out.read.max_bytes = out.module.load_memory = out.given.max_bytes;
  if (out.given.fuel) out.module.load_fuel = int64_t(std::min<uint64_t>(out.given.fuel, INT64_MAX));
  out.module.optimize = !out.given.no_optimize;
  out.module.device_to_cpu = out.given.device_to_cpu;
  return out;
}

taper_module* load(const taper_registry* registry, const Ref<Reader>& reader, Options options) {
  PoolScope heap(nullptr);
  Ref<Loaded> loaded = make_ref<Loaded>();
  if (registry) {
    loaded->host = registry->snapshot();
    options.module.opaque = loaded->host.get();
  }
  const OpTable& table = registry ? static_cast<const OpTable&>(*loaded->host) : operator_table();
  loaded->module = load_module(read_model(reader, options.read), table, options.module);
  loaded->extra_names = loaded->module->file().extra_files();
  return new taper_module{std::move(loaded)};
}

}  // namespace
}  // namespace taper::impl

taper_error* taper_load_file_with(const taper_registry* registry, const char* path, const taper_load_options* options,
                                  taper_module** module) {
  return guarded([&] {
    need(module, "module");
    Options translated = translate(options);
    bool copy = translated.given.copy;
    Ref<Reader> reader = open_file(&need(path, "path"), !copy);
    *module = load(registry, copy ? buffer(*reader, translated.read.max_bytes) : reader, translated);
  });
}

taper_error* taper_load_memory_with(const taper_registry* registry, const void* bytes, size_t size,
                                    const taper_load_options* options, taper_module** module) {
  return guarded([&] {
    need(module, "module");
    if (size) need(static_cast<const char*>(bytes), "bytes");
    Options translated = translate(options);
    Ref<Reader> reader = borrow_memory(bytes, size);
    *module = load(registry, translated.given.copy ? buffer(*reader, translated.read.max_bytes) : reader, translated);
  });
}

taper_error* taper_load_reader_with(const taper_registry* registry, const taper_reader* reader,
                                    const taper_load_options* options, taper_module** module) {
  return guarded([&] {
    need(module, "module");
    taper_reader given = read_options(&need(reader, "reader"), "reader");
    if (!given.read) fail_null("reader->read");
    Options translated = translate(options);
    *module = load(registry, buffer(*make_ref<HostReader>(given), translated.read.max_bytes), translated);
  });
}

taper_error* taper_load_file(const char* path, const taper_load_options* options, taper_module** module) {
  return taper_load_file_with(nullptr, path, options, module);
}

taper_error* taper_load_memory(const void* bytes, size_t size, const taper_load_options* options,
                               taper_module** module) {
  return taper_load_memory_with(nullptr, bytes, size, options, module);
}

taper_error* taper_load_reader(const taper_reader* reader, const taper_load_options* options, taper_module** module) {
  return taper_load_reader_with(nullptr, reader, options, module);
}

void taper_module_free(taper_module* module) { delete module; }

size_t taper_module_extra_count(const taper_module* module) { return module ? module->loaded->extra_names.size() : 0; }

const char* taper_module_extra_name(const taper_module* module, size_t index) {
  return index < taper_module_extra_count(module) ? module->loaded->extra_names[index].c_str() : "";
}

taper_error* taper_module_extra(const taper_module* module, const char* name, const void** bytes, size_t* size) {
  return guarded([&] {
    Loaded& loaded = *need(module, "module").loaded;
    need(bytes, "bytes");
    need(size, "size");
    std::lock_guard guard(loaded.lock);
    auto found = loaded.extra.find(&need(name, "name"));
    if (found == loaded.extra.end()) found = loaded.extra.emplace(name, loaded.module->file().read_extra(name)).first;
    *bytes = found->second.data();
    *size = found->second.size();
  });
}

taper_error* taper_instance_save(taper_instance* instance, const char* path, const taper_save_options* options) {
  return guarded([&] {
    Instance& saved = *need(instance, "instance").instance;
    taper_save_options given = read_options(options, "save options");
    ExtraFiles extra;
    if (given.extra_count) {
      need(given.extra_names, "extra_names");
      need(given.extra_bytes, "extra_bytes");
      need(given.extra_sizes, "extra_sizes");
    }
    for (size_t i = 0; i < given.extra_count; ++i) {
      size_t size = given.extra_sizes[i];
      const char* bytes = static_cast<const char*>(given.extra_bytes[i]);
      if (size) need(bytes, "extra_bytes[]");
      extra[&need(given.extra_names[i], "extra_names[]")] = size ? std::string(bytes, size) : std::string();
    }
    saved.save(&need(path, "path"), extra);
  });
}

taper_error* taper_instance_freeze(const taper_instance* instance, const taper_freeze_options* options,
                                   taper_module** frozen) {
  return guarded([&] {
    const taper_instance& from = need(instance, "instance");
    need(frozen, "frozen");
    taper_freeze_options given = read_options(options, "freeze options");
    FreezeOptions chosen;
    chosen.optimize_numerics = !given.no_numerics;
    if (given.preserved_count) need(given.preserved, "preserved");
    for (size_t i = 0; i < given.preserved_count; ++i)
      chosen.preserved.emplace_back(&need(given.preserved[i], "preserved[]"));
    PoolScope heap(nullptr);
    Ref<Loaded> loaded = make_ref<Loaded>();
    loaded->host = from.loaded->host;
    loaded->module = from.instance->freeze(chosen);
    loaded->extra_names = loaded->module->file().extra_files();
    *frozen = new taper_module{std::move(loaded)};
  });
}

/* taper.c.h: the C ABI of taper, a standalone TorchScript runtime. C99, and the only binary interface there is:
 * taper.h is a header-only C++ wrapper over it.
 *
 *   taper_module* module = NULL;
 *   taper_error* error = taper_load_file("model.pt", NULL, &module);
 *   taper_instance* instance = NULL;
 *   taper_context* context = NULL;
 *   if (!error) error = taper_instance_create(module, &instance);
 *   if (!error) error = taper_context_create(NULL, &context);
 *   float pixels[3 * 224 * 224] = {0};
 *   int64_t sizes[4] = {1, 3, 224, 224};
 *   taper_value *x = NULL, *y = NULL;
 *   if (!error) error = taper_tensor_from_blob(pixels, sizes, NULL, 4, TAPER_FLOAT32, NULL, NULL, &x);
 *   if (!error) error = taper_call(instance, context, "forward", &x, 1, NULL, NULL, 0, &y);
 *   if (error) { fprintf(stderr, "%s\n", taper_error_text(error)); taper_error_free(error); }
 *
 * Errors: every function that can fail returns taper_error*: NULL is success, anything else is owned by the caller
 *   (taper_error_free). Outputs are written on success only. No function throws, prints, exits or aborts; running out of
 *   memory is an error like any other.
 * Ownership: taper_*_create/load/... give a handle that the caller releases with the matching _free; releasing NULL is
 *   fine. Values are counted: taper_value_retain / taper_value_free. Arguments are borrowed. Handles may be released in
 *   any order: each keeps alive what it needs.
 * Threads: a module is immutable and may be used from any thread. An instance (it holds the mutable attributes) and a
 *   context are used by one thread at a time; a call into an instance that another thread is in fails with
 *   TAPER_ERROR_INVALID_ARGUMENT. For N threads make N instances (they share the weights) and N contexts. Values and
 *   errors may be released on any thread; a value must not be changed while another thread reads it. The library starts
 *   no thread unless a context asks for a width above 1.
 * Numbers: sizes and strides count elements; dtypes are PyTorch's ScalarType numbers; answers equal PyTorch 2.13's.
 * Option structs start with their own size (TAPER_INIT sets it): later versions append fields. */
#ifndef TAPER_C_H
#define TAPER_C_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define TAPER_API
#else
#define TAPER_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define TAPER_ABI_VERSION 1
/* The version of the library that is linked; a host compares it with TAPER_ABI_VERSION of the header. */
TAPER_API uint32_t taper_abi_version(void);
/* "0.1.0" */
TAPER_API const char* taper_version(void);

typedef struct taper_error taper_error;
typedef struct taper_module taper_module;     /* code and weights of one archive; immutable, shareable */
typedef struct taper_instance taper_instance; /* the mutable attributes of a module object; one thread at a time */
typedef struct taper_context taper_context;   /* memory pool, generator, budgets, callbacks; one thread at a time */
typedef struct taper_value taper_value;       /* any TorchScript value; counted */

/* ---- errors ---------------------------------------------------------------------------------------------------- */

typedef enum taper_error_code {
  TAPER_OK = 0,
  TAPER_ERROR_INVALID_ARGUMENT = 1, /* a call's arguments do not fit: count, type, shape; wrong use of this interface */
  TAPER_ERROR_INVALID_FILE = 2,     /* the file is not what it should be: what it is, where it is wrong, what to do */
  TAPER_ERROR_UNSUPPORTED = 3,      /* an operator, class or construct that taper lacks, by name */
  TAPER_ERROR_RUNTIME = 4, /* an operator or the interpreter failed; PyTorch's own text where hosts match on it */
  TAPER_ERROR_SCRIPT = 5,  /* the script raised an exception */
  TAPER_ERROR_BUDGET = 6,  /* fuel, memory, recursion or parser budget exhausted */
  TAPER_ERROR_CANCELLED = 7,
  TAPER_ERROR_OUT_OF_MEMORY = 8,
  TAPER_ERROR_IO = 9,       /* a file cannot be opened or read */
  TAPER_ERROR_INTERNAL = 10 /* a bug in taper */
} taper_error_code;

TAPER_API taper_error_code taper_error_get_code(const taper_error* error);
/* Script call stack with the original Python lines, then the message. Lives as long as the error. */
TAPER_API const char* taper_error_text(const taper_error* error);
/* The message alone. */
TAPER_API const char* taper_error_message(const taper_error* error);
/* For TAPER_ERROR_SCRIPT: the Python class, e.g. "builtins.ValueError"; otherwise "". */
TAPER_API const char* taper_error_python_class(const taper_error* error);
/* The script call stack, outermost first. */
TAPER_API size_t taper_error_frame_count(const taper_error* error);
TAPER_API const char* taper_error_frame_function(const taper_error* error, size_t frame);
TAPER_API const char* taper_error_frame_file(const taper_error* error, size_t frame);
TAPER_API int taper_error_frame_line(const taper_error* error, size_t frame);
TAPER_API void taper_error_free(taper_error* error);
/* An error of the host's own, for callbacks to return. */
TAPER_API taper_error* taper_error_create(taper_error_code code, const char* message);

/* ---- loading --------------------------------------------------------------------------------------------------- */

/* taper_load_options options = TAPER_INIT(taper_load_options); the other fields are zero. */
#ifdef __cplusplus
#define TAPER_INIT(type) \
  { sizeof(type) }
#else
#define TAPER_INIT(type) \
  { .struct_size = sizeof(type) }
#endif

typedef struct taper_load_options {
  size_t struct_size;
  int copy;           /* 1: copy the weights instead of mapping the file; for files that may change under us */
  int check_crc;      /* 1: also check the tensors' checksums (reads every byte) */
  int device_to_cpu;  /* 1: archives and scripts that name another device run on the CPU; 0: naming one is an error */
  int no_optimize;    /* 1: run the code as written */
  uint64_t max_bytes; /* limit on what loading may allocate; 0: 64 GiB */
  uint64_t fuel;      /* steps that the archive's __setstate__ methods may take; 0: 1e9, some ten seconds */
} taper_load_options;

/* Options may be NULL. The file is mapped: it must not change while the module or one of its tensors lives. */
TAPER_API taper_error* taper_load_file(const char* path, const taper_load_options* options, taper_module** module);
/* The bytes are borrowed and must outlive the module and its tensors, unless options->copy is 1. */
TAPER_API taper_error* taper_load_memory(const void* bytes, size_t size, const taper_load_options* options,
                                         taper_module** module);

/* A source of bytes: an encrypted container, an asset store, a network cache. read fills buffer with exactly `size` bytes
 * from `offset` and returns NULL, or returns an error (taper_error_create). Called during the load only. */
typedef struct taper_reader {
  size_t struct_size;
  void* user;
  uint64_t size;
  taper_error* (*read)(void* user, uint64_t offset, void* buffer, size_t size);
} taper_reader;
TAPER_API taper_error* taper_load_reader(const taper_reader* reader, const taper_load_options* options,
                                         taper_module** module);
TAPER_API void taper_module_free(taper_module* module);

/* extra/ files stored beside the model. The bytes live as long as the module. */
TAPER_API size_t taper_module_extra_count(const taper_module* module);
TAPER_API const char* taper_module_extra_name(const taper_module* module, size_t index);
TAPER_API taper_error* taper_module_extra(const taper_module* module, const char* name, const void** bytes,
                                          size_t* size);

/* ---- instances: attributes and calls --------------------------------------------------------------------------- */

/* A fresh instance with the attributes as saved. Cheap: weights stay shared until they are written. */
TAPER_API taper_error* taper_instance_create(const taper_module* module, taper_instance** instance);
/* A copy of the present state; shares the weights that neither side has written. */
TAPER_API taper_error* taper_instance_clone(const taper_instance* instance, taper_instance** clone);
TAPER_API void taper_instance_free(taper_instance* instance);
/* A submodule by attribute path ("encoder.layers.0"): a handle on the same state, not a copy. */
TAPER_API taper_error* taper_instance_submodule(const taper_instance* instance, const char* path,
                                                taper_instance** submodule);
/* The class: "__torch__.m.Net". Lives as long as the instance. */
TAPER_API const char* taper_instance_class_name(const taper_instance* instance);

/* Sets `training` in the whole tree. */
TAPER_API taper_error* taper_instance_train(taper_instance* instance, int on);

typedef enum taper_attribute_kind {
  TAPER_ATTRIBUTE = 0,
  TAPER_PARAMETER = 1,
  TAPER_BUFFER = 2,
  TAPER_SUBMODULE = 3
} taper_attribute_kind;
TAPER_API size_t taper_instance_attribute_count(const taper_instance* instance);
TAPER_API const char* taper_instance_attribute_name(const taper_instance* instance, size_t index);
TAPER_API const char* taper_instance_attribute_type(const taper_instance* instance, size_t index); /* "List[Tensor]" */
TAPER_API taper_attribute_kind taper_instance_attribute_get_kind(const taper_instance* instance, size_t index);
TAPER_API taper_error* taper_instance_get(const taper_instance* instance, const char* name, taper_value** value);
/* The value must fit the attribute's type. Code that was optimized for the old value recompiles. */
TAPER_API taper_error* taper_instance_set(taper_instance* instance, const char* name, const taper_value* value);

TAPER_API size_t taper_instance_method_count(const taper_instance* instance);
TAPER_API const char* taper_instance_method_name(const taper_instance* instance, size_t index);
TAPER_API const char* taper_instance_method_schema(const taper_instance* instance, size_t index);

/* Compiles a method and everything it reaches ahead of its first call. forward is compiled at load. */
TAPER_API taper_error* taper_instance_prepare(taper_instance* instance, const char* method);

typedef struct taper_save_options {
  size_t struct_size;
  /* Extra files, stored beside those that the model came with or instead of the ones of the same name. */
  size_t extra_count;
  const char* const* extra_names;
  const void* const* extra_bytes;
  const size_t* extra_sizes;
} taper_save_options;

/* Writes the instance's present state and the module's code as an archive that torch.jit.load reads; options may be NULL.
 * A submodule's handle saves that submodule. The file appears whole or not at all, and may be the one that was loaded.
 * Classes with __getstate__ are saved as it says: it runs. TAPER_ERROR_UNSUPPORTED for what archives cannot hold, as an
 * object of a class of the host's. */
TAPER_API taper_error* taper_instance_save(taper_instance* instance, const char* path,
                                           const taper_save_options* options);

typedef struct taper_freeze_options {
  size_t struct_size;
  /* Attributes by path ("encoder.scale"), whole submodules, and methods beside forward that stay. */
  size_t preserved_count;
  const char* const* preserved;
  int no_numerics; /* 1: no rewrite that rounds differently: batch norms stay beside the weights before them */
} taper_freeze_options;

/* What torch.jit.freeze makes of the instance's present state: a module of its own with forward inlined and what nothing
 * writes as constants; everything else is gone. What it is saved as, torch.jit.load reads. Options may be NULL. The instance
 * must be in eval mode. TAPER_ERROR_UNSUPPORTED names what taper lacks or what cannot be written as code.
 *
 *   taper_instance_train(instance, 0);
 *   taper_module* frozen;
 *   taper_error* error = taper_instance_freeze(instance, NULL, &frozen); */
TAPER_API taper_error* taper_instance_freeze(const taper_instance* instance, const taper_freeze_options* options,
                                             taper_module** frozen);

/* Calls a method; "__call__" is forward with the module's scripted hooks. keywords: keyword_count names with their
 * values. The result is owned by the caller. */
TAPER_API taper_error* taper_call(taper_instance* instance, taper_context* context, const char* method,
                                  taper_value* const* arguments, size_t count, const char* const* keywords,
                                  taper_value* const* keyword_values, size_t keyword_count, taper_value** result);

/* Calls one operator by its full name, e.g. "aten::slice.Tensor"; a name without an overload means the overload that has
 * none, or else the first that takes the arguments. Arguments in the schema's order, keyword-only ones included; missing
 * trailing arguments take their defaults. results: room for result_capacity values; result_count says how many there are. */
TAPER_API taper_error* taper_op(taper_context* context, const char* name, taper_value* const* arguments, size_t count,
                                taper_value** results, size_t result_capacity, size_t* result_count);

/* ---- contexts -------------------------------------------------------------------------------------------------- */

/* The host's thread pool: call body(body_user, begin, end) for disjoint ranges that cover [0, count), on any threads, and
 * return NULL when all are done, or an error that then ends the call. */
typedef taper_error* (*taper_parallel_for)(void* user, int64_t count, int64_t grain,
                                           void (*body)(void* body_user, int64_t begin, int64_t end), void* body_user);

typedef struct taper_context_options {
  size_t struct_size;
  int threads;                     /* 0 or 1: none but the caller's; N: a pool of N - 1 threads, made now */
  taper_parallel_for parallel_for; /* instead of an own pool; threads then says how wide it is */
  void* parallel_user;
  uint64_t fuel;           /* interpreter steps a call may take; 0: no limit */
  uint64_t memory;         /* bytes that the context's values may hold; 0: no limit */
  uint32_t max_call_depth; /* 0: 400 */
  int flush_denormals;     /* 0: as the thread has it; 1: on; 2: off. Restored after each call */
  /* print() of scripts and warnings; NULL: dropped. An error that they return ends the call. */
  taper_error* (*print)(void* user, const char* text, size_t size);
  taper_error* (*warn)(void* user, const char* text, size_t size);
  void* callback_user;
  int cpu_level; /* 0: what the CPU has; 1 baseline, 2 AVX2, 3 AVX-512: at most this */
} taper_context_options;

TAPER_API taper_error* taper_context_create(const taper_context_options* options, taper_context** context);
TAPER_API void taper_context_free(taper_context* context);
/* torch.manual_seed */
TAPER_API void taper_context_seed(taper_context* context, uint64_t seed);
/* Makes the running call (from any thread) fail with TAPER_ERROR_CANCELLED at its next step; cleared by the next call. */
TAPER_API void taper_context_cancel(taper_context* context);
/* Gives cached memory back to the heap. */
TAPER_API void taper_context_trim(taper_context* context);

typedef struct taper_memory_stats {
  size_t struct_size;
  uint64_t heap_allocations; /* that the context made since it was created: the difference over a call is the call's */
  uint64_t heap_bytes;       /* held from the heap, in use or cached */
  uint64_t used_bytes;
  uint64_t peak_used_bytes;
} taper_memory_stats;
TAPER_API taper_error* taper_context_memory(const taper_context* context, taper_memory_stats* stats);

/* ---- values ---------------------------------------------------------------------------------------------------- */

typedef enum taper_kind {
  TAPER_NONE = 0,
  TAPER_BOOL = 1,
  TAPER_INT = 2,
  TAPER_FLOAT = 3,
  TAPER_COMPLEX = 4,
  TAPER_STRING = 5,
  TAPER_TENSOR = 6,
  TAPER_LIST = 7,
  TAPER_TUPLE = 8,
  TAPER_DICT = 9,
  TAPER_OBJECT = 10,
  TAPER_DEVICE = 11,
  TAPER_ENUM = 12,
  TAPER_OTHER = 13
} taper_kind;

TAPER_API taper_value* taper_value_retain(taper_value* value);
TAPER_API void taper_value_free(taper_value* value);
TAPER_API taper_kind taper_value_kind(const taper_value* value);
/* "List[int]", "__torch__.m.Net" */
TAPER_API taper_error* taper_value_type(const taper_value* value, taper_value** text);
/* The value as Python's print shows it, tensors included: a string value. */
TAPER_API taper_error* taper_value_print(const taper_value* value, taper_value** text);

TAPER_API taper_error* taper_none(taper_value** value);
TAPER_API taper_error* taper_bool(int v, taper_value** value);
TAPER_API taper_error* taper_int(int64_t v, taper_value** value);
TAPER_API taper_error* taper_float(double v, taper_value** value);
TAPER_API taper_error* taper_complex(double real, double imaginary, taper_value** value);
TAPER_API taper_error* taper_string(const char* bytes, size_t size, taper_value** value);
TAPER_API taper_error* taper_device(const char* name, taper_value** value);
/* Element types are found from the items, or from the method's schema when the value is passed to a call. */
TAPER_API taper_error* taper_list(taper_value* const* items, size_t count, taper_value** value);
TAPER_API taper_error* taper_tuple(taper_value* const* items, size_t count, taper_value** value);
TAPER_API taper_error* taper_dict(taper_value* const* keys, taper_value* const* values, size_t count,
                                  taper_value** value);

/* Wrong kinds are TAPER_ERROR_INVALID_ARGUMENT. An int reads as a float too. */
TAPER_API taper_error* taper_get_bool(const taper_value* value, int* v);
TAPER_API taper_error* taper_get_int(const taper_value* value, int64_t* v);
TAPER_API taper_error* taper_get_float(const taper_value* value, double* v);
TAPER_API taper_error* taper_get_complex(const taper_value* value, double* real, double* imaginary);
/* Not zero-terminated by contract; lives as long as the value. A device or an enum's name reads as a string too. */
TAPER_API taper_error* taper_get_string(const taper_value* value, const char** bytes, size_t* size);
/* Lists, tuples, dicts (entries in order), NamedTuples. */
TAPER_API taper_error* taper_size(const taper_value* value, size_t* size);
TAPER_API taper_error* taper_item(const taper_value* value, size_t index, taper_value** item); /* a dict's value */
TAPER_API taper_error* taper_key(const taper_value* value, size_t index, taper_value** key);
/* A dict's value by key; NULL when the key is absent. */
TAPER_API taper_error* taper_find(const taper_value* dict, const taper_value* key, taper_value** item);
TAPER_API taper_error* taper_append(taper_value* list, const taper_value* item);
/* An object's attribute. */
TAPER_API taper_error* taper_attribute(const taper_value* object, const char* name, taper_value** item);

/* ---- tensors --------------------------------------------------------------------------------------------------- */

typedef enum taper_dtype {
  TAPER_UINT8 = 0,
  TAPER_INT8 = 1,
  TAPER_INT16 = 2,
  TAPER_INT32 = 3,
  TAPER_INT64 = 4,
  TAPER_FLOAT16 = 5,
  TAPER_FLOAT32 = 6,
  TAPER_FLOAT64 = 7,
  TAPER_COMPLEX32 = 8,
  TAPER_COMPLEX64 = 9,
  TAPER_COMPLEX128 = 10,
  TAPER_BOOL8 = 11,
  TAPER_BFLOAT16 = 15,
  TAPER_UINT16 = 27,
  TAPER_UINT32 = 28,
  TAPER_UINT64 = 29
} taper_dtype;
TAPER_API size_t taper_dtype_size(taper_dtype dtype);      /* bytes; 0 for what is no dtype */
TAPER_API const char* taper_dtype_name(taper_dtype dtype); /* "float32" */

/* Uninitialized, contiguous. */
TAPER_API taper_error* taper_tensor_empty(const int64_t* sizes, size_t dims, taper_dtype dtype, taper_value** tensor);
/* Over the host's memory, without a copy. strides in elements, NULL: contiguous. deleter(user) is called when the last
 * view is gone, on whatever thread that is; NULL: the host keeps the memory alive itself. */
TAPER_API taper_error* taper_tensor_from_blob(void* data, const int64_t* sizes, const int64_t* strides, size_t dims,
                                              taper_dtype dtype, void (*deleter)(void* user), void* user,
                                              taper_value** tensor);

typedef struct taper_tensor_info {
  size_t struct_size;
  taper_dtype dtype;
  size_t dims;
  const int64_t* sizes; /* these live as long as the value and until it is resized */
  const int64_t* strides;
  int64_t numel;
  int contiguous;
  const void* data; /* the first element; a lazily conjugated or negated tensor shows a plain copy */
} taper_tensor_info;
TAPER_API taper_error* taper_tensor_get(const taper_value* tensor, taper_tensor_info* info);
/* For writing: copies first when the bytes are a module's shared weights. */
TAPER_API taper_error* taper_tensor_mutable_data(taper_value* tensor, void** data);

/* ---- files of plain values (torch.save) ------------------------------------------------------------------------- */

/* Every format that torch.save has had: zip, one pickle after another (up to PyTorch 1.5, and by request today), tar (up to
 * 0.1.10). deque, defaultdict, Counter and OrderedDict become lists and dicts, numpy's numbers become numbers, its arrays
 * tensors, bytes become strings. An object of another Python class is an error that names the class. */
TAPER_API taper_error* taper_load_value(const char* path, taper_value** value);
/* A file that torch.load(weights_only=True) reads. */
TAPER_API taper_error* taper_save_value(const taper_value* value, const char* path);

/* ---- custom operators and classes ------------------------------------------------------------------------------- */

typedef struct taper_registry taper_registry;
/* Operators and classes for the modules that are loaded with it. A module sees what was registered before its load and
 * keeps it: the registry may be freed, while fn, restore, release and their user pointers must stay valid. */
TAPER_API taper_error* taper_registry_create(taper_registry** registry);
TAPER_API void taper_registry_free(taper_registry* registry);
/* fn reads count arguments (defaults filled in), writes new values to results, one per return in the schema; it returns
 * NULL or an error. Arguments are borrowed: taper_value_retain keeps one. A result that the schema does not mark as an
 * alias is copied when it shares memory with an argument. Called on the thread of the call, with its context (NULL while
 * a module loads and its __setstate__ calls the operator); taper_op may be used inside. A name that taper has itself is
 * refused. */
typedef taper_error* (*taper_operator_fn)(void* user, taper_context* context, taper_value* const* arguments,
                                          size_t count, taper_value** results, size_t result_count);
TAPER_API taper_error* taper_registry_operator(taper_registry* registry, const char* schema, taper_operator_fn fn,
                                               void* user);
/* An opaque class "__torch__.torch.classes.ns.Name": restore makes the host's object from the archive's pickled state;
 * release frees it. Operators see it as TAPER_OTHER; taper_capsule_get reads it back. */
TAPER_API taper_error* taper_registry_class(taper_registry* registry, const char* qualified_name,
                                            taper_error* (*restore)(void* user, const taper_value* state,
                                                                    void** object),
                                            void (*release)(void* user, void* object), void* user);
TAPER_API taper_error* taper_capsule_get(const taper_value* value, const char* qualified_name, void** object);
TAPER_API taper_error* taper_load_file_with(const taper_registry* registry, const char* path,
                                            const taper_load_options* options, taper_module** module);
TAPER_API taper_error* taper_load_memory_with(const taper_registry* registry, const void* bytes, size_t size,
                                              const taper_load_options* options, taper_module** module);
TAPER_API taper_error* taper_load_reader_with(const taper_registry* registry, const taper_reader* reader,
                                              const taper_load_options* options, taper_module** module);

#ifdef __cplusplus
}
#endif
#endif /* TAPER_C_H */

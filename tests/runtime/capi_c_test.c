/* The C ABI from C99: it compiles without a warning, links, and a model runs. Prints what went wrong; exit code 0 if
 * nothing did. */
#include <stdio.h>
#include <string.h>
#include <taper/taper.c.h>

static int failures = 0;

static void expect(int good, const char* what) {
  if (good) return;
  fprintf(stderr, "failed: %s\n", what);
  ++failures;
}

static void no_error(taper_error* error, const char* what) {
  if (!error) return;
  fprintf(stderr, "failed: %s: %s\n", what, taper_error_text(error));
  taper_error_free(error);
  ++failures;
}

static int deleted = 0;
static void count_deletion(void* user) {
  (void)user;
  ++deleted;
}

int main(int argc, char** argv) {
  taper_load_options options = TAPER_INIT(taper_load_options);
  taper_context_options limits = TAPER_INIT(taper_context_options);
  taper_tensor_info info = TAPER_INIT(taper_tensor_info);
  taper_module* module = NULL;
  taper_instance* instance = NULL;
  taper_context* context = NULL;
  taper_value *x = NULL, *y = NULL, *text = NULL;
  float numbers[2] = {1.0f, 2.0f};
  const int64_t sizes[1] = {2};
  const char* bytes = NULL;
  size_t size = 0;
  taper_error* error;

  if (argc != 2) return 2;
  options.copy = 1;
  limits.fuel = 1000000;
  no_error(taper_load_file(argv[1], &options, &module), "load");
  if (!module) return 1;
  no_error(taper_instance_create(module, &instance), "instance");
  no_error(taper_context_create(&limits, &context), "context");
  no_error(taper_tensor_from_blob(numbers, sizes, NULL, 1, TAPER_FLOAT32, count_deletion, NULL, &x), "tensor");
  no_error(taper_call(instance, context, "forward", &x, 1, NULL, NULL, 0, &y), "call");
  no_error(taper_tensor_get(y, &info), "get");
  expect(info.dtype == TAPER_FLOAT32 && info.dims == 1 && info.sizes[0] == 2 && info.strides[0] == 1, "shape");
  expect(((const float*)info.data)[0] == 10.5f && ((const float*)info.data)[1] == 22.0f, "numbers");
  no_error(taper_value_print(y, &text), "print");
  no_error(taper_get_string(text, &bytes, &size), "string");
  expect(size == strlen("tensor([10.5000, 22.0000])") && memcmp(bytes, "tensor([10.5000, 22.0000])", size) == 0,
         "text");

  error = taper_call(instance, context, "refuse", &x, 1, NULL, NULL, 0, &y);
  expect(error != NULL && taper_error_get_code(error) == TAPER_ERROR_SCRIPT, "the script refuses");
  expect(error != NULL && strcmp(taper_error_python_class(error), "builtins.ValueError") == 0, "the exception's class");
  taper_error_free(error);

  taper_value_free(text);
  taper_value_free(x);
  taper_value_free(y);
  expect(deleted == 1, "the host's memory is given back once");
  taper_context_free(context);
  taper_instance_free(instance);
  taper_module_free(module);
  return failures ? 1 : 0;
}

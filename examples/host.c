/* A host in C: loads a model, says what it offers, and calls it on a picture of a vertical stroke.
 *
 *   cc -std=c11 host.c $(pkg-config --cflags --libs taper) -o host && ./host classifier/digits.pt
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <taper/taper.c.h>

static int report(const char* doing, taper_error* error) {
  fprintf(stderr, "%s: %s\n", doing, taper_error_text(error));
  taper_error_free(error);
  return 1;
}

/* Prints (digit, probabilities, looks). */
static taper_error* print_answer(const taper_value* answer) {
  taper_value *digit = NULL, *probabilities = NULL;
  int64_t read = 0;
  taper_tensor_info info = TAPER_INIT(taper_tensor_info);

  taper_error* error = taper_item(answer, 0, &digit);
  if (!error) error = taper_get_int(digit, &read);
  if (!error) error = taper_item(answer, 1, &probabilities);
  if (!error) error = taper_tensor_get(probabilities, &info);
  if (!error && (info.dtype != TAPER_FLOAT32 || !info.contiguous || info.numel != 10))
    error = taper_error_create(TAPER_ERROR_INVALID_ARGUMENT, "expected ten float32 probabilities");
  if (!error) printf("reads %" PRId64 " with probability %.3f\n", read, ((const float*)info.data)[read]);
  taper_value_free(probabilities);
  taper_value_free(digit);
  return error;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: host MODEL\n");
    return 2;
  }
  if (taper_abi_version() != TAPER_ABI_VERSION) {
    fprintf(stderr, "taper.c.h has ABI %d, the library %u\n", TAPER_ABI_VERSION, taper_abi_version());
    return 1;
  }

  taper_module* module = NULL;
  taper_instance* instance = NULL;
  taper_context* context = NULL;
  taper_value *picture = NULL, *answer = NULL;
  uint8_t pixels[8][8];
  const int64_t sizes[2] = {8, 8};
  memset(pixels, 0, sizeof pixels);
  for (int row = 0; row < 8; ++row) pixels[row][3] = pixels[row][4] = 255;

  taper_error* error = taper_load_file(argv[1], NULL, &module);
  if (!error) error = taper_instance_create(module, &instance);
  if (!error) error = taper_context_create(NULL, &context);
  if (!error)
    for (size_t i = 0; i < taper_instance_method_count(instance); ++i)
      printf("%s\n", taper_instance_method_schema(instance, i));
  if (!error) error = taper_tensor_from_blob(pixels, sizes, NULL, 2, TAPER_UINT8, NULL, NULL, &picture);
  if (!error) error = taper_call(instance, context, "forward", &picture, 1, NULL, NULL, 0, &answer);
  if (!error) error = print_answer(answer);

  int status = error ? report(argv[1], error) : 0;
  taper_value_free(answer);
  taper_value_free(picture);
  taper_context_free(context);
  taper_instance_free(instance);
  taper_module_free(module);
  return status;
}

#include <taper/taper.h>
#include "core/tensor.h"

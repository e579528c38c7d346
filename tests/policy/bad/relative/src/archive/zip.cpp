#include <string>
#include "../core/error.h"

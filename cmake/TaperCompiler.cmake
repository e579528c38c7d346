# Language level, warnings and code generation, for every target of the project.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# -O2: hot kernels say themselves what they need; -O3 everywhere only buys size.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(TAPER_CCACHE ccache)
if(TAPER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TAPER_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${TAPER_CCACHE})
endif()

set(TAPER_COMPILE_OPTIONS
    -Wall -Wextra
    -ffp-contract=off # a*b+c rounds twice unless a kernel asks for a fused one
    -ffunction-sections -fdata-sections # --gc-sections drops what a host does not use
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Unique symbols cannot be made local, and only taper_* may leave the library.
  list(APPEND TAPER_COMPILE_OPTIONS -Wshadow=local $<$<COMPILE_LANGUAGE:CXX>:-fno-gnu-unique>)
else()
  list(APPEND TAPER_COMPILE_OPTIONS -Wshadow-uncaptured-local)
endif()
if(TAPER_WERROR)
  list(APPEND TAPER_COMPILE_OPTIONS -Werror)
endif()

set(TAPER_LINK_OPTIONS -Wl,--gc-sections)
if(TAPER_SANITIZE)
  list(APPEND TAPER_COMPILE_OPTIONS -fsanitize=${TAPER_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  list(APPEND TAPER_LINK_OPTIONS -fsanitize=${TAPER_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The sanitizers' extra branches make GCC 12 see uninitialized and overlapping memory inside libstdc++.
    list(APPEND TAPER_COMPILE_OPTIONS -Wno-maybe-uninitialized -Wno-restrict)
  endif()
endif()

add_compile_options(${TAPER_COMPILE_OPTIONS})
add_link_options(${TAPER_LINK_OPTIONS})

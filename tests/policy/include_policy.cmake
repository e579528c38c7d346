# cmake -DROOT=<source tree> -DGRAPH=<link_graph.cmake> -P include_policy.cmake
#
# The folders of src form layers; who may include whom is written down once more here, and three things must agree with it:
# CMake's link graph, the #include lines, and (for a folder that is built) the list of its sources.

cmake_minimum_required(VERSION 3.25)

set(allowed_core "")
set(allowed_archive core)
set(allowed_ir core)
set(allowed_ops core)
set(allowed_runtime archive core ir ops)
set(layers core archive ir ops runtime)

include(${GRAPH})
set(violations "")
macro(object text)
  list(APPEND violations "${text}")
endmacro()

foreach(layer IN LISTS layers)
  if(NOT "${links_${layer}}" STREQUAL "${allowed_${layer}}")
    object("src/${layer}/CMakeLists.txt links '${links_${layer}}', the policy allows '${allowed_${layer}}'")
  endif()
endforeach()

# Standard headers are named without a slash or a dot, except those that C++ took over from C with their old names and the
# compiler's own intrinsics. Everything else in angle brackets is third party or the platform.
function(is_standard header result)
  if(header MATCHES "^[a-z0-9_]+$" OR header MATCHES "^(stdint|stddef|stdbool|stdlib|string|math|limits)\\.h$")
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

foreach(layer IN LISTS layers)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/src/${layer}/*.cpp ${ROOT}/src/${layer}/*.h ${ROOT}/src/${layer}/*.inc
       ${ROOT}/src/${layer}/*.def)
  foreach(file IN LISTS files)
    string(REGEX REPLACE "^src/${layer}/" "" name "${file}")
    if(file MATCHES "\\.cpp$" AND DEFINED sources_${layer} AND NOT name IN_LIST sources_${layer}
       AND NOT name MATCHES "_(avx2|avx512|neon)\\.cpp$|openblas")
      object("${file}: not in the list of src/${layer}/CMakeLists.txt")
    endif()
    file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*(include|if|ifdef|ifndef|elif)[ \t]")
    foreach(line IN LISTS lines)
      if(line MATCHES "include[ \t]+\"([^\"]+)\"")
        set(header "${CMAKE_MATCH_1}")
        string(REGEX REPLACE "/.*" "" target "${header}")
        if(target STREQUAL "taper")
          if(NOT layer STREQUAL "runtime")
            object("${file}: only runtime implements the API and may include ${header}")
          endif()
        elseif(NOT target IN_LIST layers)
          object("${file}: \"${header}\" is not named from src, write \"folder/file.h\"")
        elseif(NOT target STREQUAL layer AND NOT target IN_LIST allowed_${layer})
          object("${file}: ${layer} may not include ${header}")
        endif()
      elseif(line MATCHES "include[ \t]+<([^>]+)>")
        set(header "${CMAKE_MATCH_1}")
        is_standard(${header} standard)
        if(NOT standard AND file MATCHES "\\.h$" AND NOT file MATCHES "^src/core/platform/" AND NOT header MATCHES "^hwy/"
           AND NOT header STREQUAL "immintrin.h")
          object("${file}: <${header}> in a header, but third-party headers stay in .cpp files")
        elseif(NOT standard AND layer STREQUAL "core" AND NOT file MATCHES "^src/core/platform/"
               AND NOT header MATCHES "^fmt/" AND NOT header MATCHES "intrin\\.h$")
          object("${file}: core uses the standard library and fmt only, not <${header}>")
        endif()
      elseif(line MATCHES "(_WIN32|__linux__|__APPLE__|__unix__|_MSC_VER|__EMSCRIPTEN__|__wasm)"
             AND NOT file MATCHES "^src/core/platform/")
        object("${file}: asks for the platform (${CMAKE_MATCH_1}) outside core/platform")
      endif()
    endforeach()
  endforeach()
endforeach()

# Hosts see the installed headers and nothing else, and those see nothing of src.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/examples/*.cpp ${ROOT}/examples/*.c ${ROOT}/examples/*.h
     ${ROOT}/include/*.h)
foreach(file IN LISTS files)
  file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include[ \t]")
  foreach(line IN LISTS lines)
    if(line MATCHES "(core|archive|ir|ops|runtime)/[a-z_]+\\.h" OR line MATCHES "\\.\\./")
      object("${file}: includes the library's inside: ${line}")
    endif()
  endforeach()
endforeach()

list(LENGTH violations count)
foreach(violation IN LISTS violations)
  message("${violation}")
endforeach()
if(count EQUAL 0)
  message("include policy: no violation")
elseif(count EQUAL 1)
  message(FATAL_ERROR "include policy: 1 violation")
else()
  message(FATAL_ERROR "include policy: ${count} violations")
endif()

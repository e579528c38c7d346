# How the folders become targets.

# taper_layer(core SOURCES a.cpp... [LAYERS core...] [THIRD_PARTY fmt...])
# One static library taper_<name> for one folder of src. LAYERS are the folders whose headers it may include: the link
# graph is the include policy, and the test `include_policy` compares both. A folder without sources has no target.
function(taper_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;THIRD_PARTY" ${ARGN})
  set_property(GLOBAL PROPERTY TAPER_LAYERS_OF_${name} "${ARG_LAYERS}")
  set_property(GLOBAL APPEND PROPERTY TAPER_LAYER_NAMES ${name})
  if(NOT ARG_SOURCES)
    return()
  endif()
  add_library(taper_${name} STATIC ${ARG_SOURCES})
  target_include_directories(taper_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  foreach(layer IN LISTS ARG_LAYERS)
    if(TARGET taper_${layer})
      target_link_libraries(taper_${name} PUBLIC taper_${layer})
    endif()
  endforeach()
  foreach(dependency IN LISTS ARG_THIRD_PARTY)
    target_link_libraries(taper_${name} PRIVATE third_party::${dependency})
  endforeach()
endfunction()

# taper_isa_source(taper_ops kernels/add_avx2.cpp avx2)
# Adds a file that is compiled for one CPU level (core/platform/cpu.h) and called only where the machine has it. On other
# architectures than x86-64 the file is left out. Highway needs AES and PCLMUL besides the vector flags, else it falls
# back to SSE without a word.
function(taper_isa_source target file isa)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
    return()
  endif()
  set(avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2 -maes -mpclmul)
  set(avx512 ${avx2} -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd)
  if(NOT isa MATCHES "^(avx2|avx512)$")
    message(FATAL_ERROR "taper_isa_source: unknown CPU level '${isa}'; it is avx2 or avx512")
  endif()
  target_sources(${target} PRIVATE ${file})
  set_property(SOURCE ${file} APPEND PROPERTY COMPILE_OPTIONS ${${isa}})
endfunction()

# taper_test(core SOURCES a.cpp... LAYERS core...)
# One Catch2 program <name>_tests for one folder of tests.
function(taper_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LAYERS;LINK" ${ARGN})
  if(NOT ARG_SOURCES)
    return()
  endif()
  add_executable(${name}_tests ${ARG_SOURCES})
  target_link_libraries(${name}_tests PRIVATE taper_test_main ${ARG_LINK})
  target_include_directories(${name}_tests PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  # Outermost first: a static archive must stand before the ones that it uses.
  foreach(layer IN ITEMS runtime ops ir archive core)
    if(layer IN_LIST ARG_LAYERS AND TARGET taper_${layer})
      target_link_libraries(${name}_tests PRIVATE taper_${layer})
    endif()
  endforeach()
  add_test(NAME ${name}_tests COMMAND ${name}_tests)
endfunction()

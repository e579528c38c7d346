# What hosts install: two headers and one static library that needs nothing but the C++ runtime.
#
# All objects, ours and those of static dependencies, are linked into a single relocatable object, and every symbol but
# taper_* becomes local to it. So a host may have its own Eigen, BLAS or libdeflate, even another taper. COMDAT groups are
# resolved on the way (--force-group-allocation): a group's symbols could not be made local otherwise. Function sections
# survive, so that the host's --gc-sections still drops what it does not use.

include(CMakePackageConfigHelpers)

find_program(TAPER_OBJCOPY NAMES ${CMAKE_CXX_COMPILER_TARGET}-objcopy objcopy REQUIRED)
set(archives "")
get_property(layers GLOBAL PROPERTY TAPER_LAYER_NAMES)
foreach(layer IN LISTS layers)
  if(TARGET taper_${layer})
    list(APPEND archives $<TARGET_FILE:taper_${layer}>)
  endif()
endforeach()

# Static dependencies go in, shared ones are left to the host's link line.
set(bundled "")
set(TAPER_LINK_LIBRARIES stdc++ m)
foreach(dependency IN ITEMS DEFLATE OPENBLAS)
  if(NOT TAPER_${dependency}_LIBRARY OR (dependency STREQUAL "OPENBLAS" AND NOT TAPER_BLAS STREQUAL "openblas"))
    continue()
  elseif(TAPER_${dependency}_LIBRARY MATCHES "\\.a$")
    list(APPEND bundled ${TAPER_${dependency}_LIBRARY})
  else()
    list(APPEND TAPER_LINK_LIBRARIES ${TAPER_${dependency}_LIBRARY})
  endif()
endforeach()

set(TAPER_LIBRARY_FILE ${PROJECT_BINARY_DIR}/libtaper.a)
set(object ${PROJECT_BINARY_DIR}/taper.o)
add_custom_command(OUTPUT ${TAPER_LIBRARY_FILE}
  COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o ${object}
          --whole-archive ${archives} --no-whole-archive ${bundled}
  COMMAND ${TAPER_OBJCOPY} --wildcard "--keep-global-symbol=taper_*" ${object}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${TAPER_LIBRARY_FILE}
  COMMAND ${CMAKE_AR} rcs ${TAPER_LIBRARY_FILE} ${object}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${object}
  DEPENDS ${archives}
  COMMENT "Linking libtaper.a, the library for hosts"
  VERBATIM)
add_custom_target(taper_library ALL DEPENDS ${TAPER_LIBRARY_FILE})

list(TRANSFORM TAPER_LINK_LIBRARIES REPLACE "^([a-z+]+)$" "-l\\1" OUTPUT_VARIABLE flags)
list(JOIN flags " " TAPER_LINK_FLAGS)
file(RELATIVE_PATH TAPER_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/taper.pc.in ${PROJECT_BINARY_DIR}/package/taper.pc @ONLY)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/taperConfig.cmake.in
  ${PROJECT_BINARY_DIR}/package/taperConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/taper
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/taperConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(DIRECTORY include/taper DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES ${TAPER_LIBRARY_FILE} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_BINARY_DIR}/package/taper.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_BINARY_DIR}/package/taperConfig.cmake ${PROJECT_BINARY_DIR}/package/taperConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/taper)

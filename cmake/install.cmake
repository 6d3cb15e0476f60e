# The library: one archive of all but the commands, its headers, and what find_package(bantam) reads.
#
# Parts and kernels register themselves as their object files are linked; a plain archive would leave out those that
# nobody calls by name. So whoever links bantam::bantam takes all of it.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

add_library(bantam_archive STATIC ${BANTAM_OBJECTS})
set_target_properties(bantam_archive PROPERTIES OUTPUT_NAME bantam EXPORT_NAME archive)

add_library(bantam_library INTERFACE)
add_library(bantam::bantam ALIAS bantam_library)
set_target_properties(bantam_library PROPERTIES EXPORT_NAME bantam)
target_compile_features(bantam_library INTERFACE cxx_std_20)
target_include_directories(bantam_library INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>
                                                    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/bantam>)
target_link_libraries(bantam_library INTERFACE $<BUILD_INTERFACE:bantam_flags> $<LINK_LIBRARY:WHOLE_ARCHIVE,$<TARGET_NAME:bantam_archive>>
  Threads::Threads OpenSSL::Crypto fmt::fmt nlohmann_json::nlohmann_json yaml-cpp ZLIB::ZLIB LibLZMA::LibLZMA PNG::PNG JPEG::JPEG
  PkgConfig::HWY PkgConfig::ZSTD PkgConfig::SENTENCEPIECE $<BUILD_INTERFACE:${DNNL_LIBRARY}> $<INSTALL_INTERFACE:dnnl> gomp)

set(BANTAM_PACKAGE ${CMAKE_INSTALL_LIBDIR}/cmake/bantam)
if(TARGET bantam)
  install(TARGETS bantam RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  install(FILES docs/bantam.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
  # The program writes its completion scripts, each into the folder and under the name that its shell looks for.
  foreach(script bash:bash-completion/completions/bantam zsh:zsh/site-functions/_bantam
                 fish:fish/vendor_completions.d/bantam.fish)
    string(REPLACE ":" ";" script ${script})
    list(GET script 0 shell)
    list(GET script 1 path)
    cmake_path(GET path PARENT_PATH folder)
    set(written ${CMAKE_BINARY_DIR}/generated/completion/${path})
    install(CODE "file(MAKE_DIRECTORY \"${CMAKE_BINARY_DIR}/generated/completion/${folder}\")
      execute_process(COMMAND \"$<TARGET_FILE:bantam>\" completion ${shell}
                      OUTPUT_FILE \"${written}\" COMMAND_ERROR_IS_FATAL ANY)"
      COMPONENT program)
    install(FILES ${written} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} COMPONENT program)
  endforeach()
endif()
install(TARGETS bantam_archive bantam_library EXPORT bantam
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/bantam COMPONENT library
  FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE PATTERN cli EXCLUDE)
install(EXPORT bantam FILE bantamTargets.cmake NAMESPACE bantam:: DESTINATION ${BANTAM_PACKAGE} COMPONENT library)
configure_package_config_file(cmake/bantamConfig.cmake.in generated/bantamConfig.cmake
  INSTALL_DESTINATION ${BANTAM_PACKAGE})
write_basic_package_version_file(generated/bantamConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/generated/bantamConfig.cmake ${CMAKE_BINARY_DIR}/generated/bantamConfigVersion.cmake
  DESTINATION ${BANTAM_PACKAGE} COMPONENT library)

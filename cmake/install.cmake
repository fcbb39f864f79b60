# `cmake --install` gives a package that `find_package(RidgeFlow)` finds; tests/consumer builds against it.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(DIRECTORY include/ridgeflow DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
set(library_targets ridgeflow_core)
if(TARGET ridgeflow_cuda_or_not)
  list(APPEND library_targets ridgeflow_cuda_or_not)
endif()
install(TARGETS ${library_targets} EXPORT RidgeFlowTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET ridgeflow_io)
  install(TARGETS ridgeflow_io EXPORT RidgeFlowTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(TARGETS ridgeflow_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT RidgeFlowTargets NAMESPACE RidgeFlow::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/RidgeFlow)
configure_package_config_file(cmake/RidgeFlowConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/RidgeFlow)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/RidgeFlow)

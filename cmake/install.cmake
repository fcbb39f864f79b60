# `cmake --install` gives a package that `find_package(RidgeFlow)` finds; tests/consumer builds against it.
# Two export sets, so that a user of the core alone needs none of the libraries of io.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/RidgeFlow)
install(DIRECTORY include/ridgeflow DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(TARGETS ridgeflow_core EXPORT RidgeFlowTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT RidgeFlowTargets NAMESPACE RidgeFlow:: DESTINATION ${package_dir})
if(TARGET ridgeflow_io)
  install(TARGETS ridgeflow_io EXPORT RidgeFlowIoTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT RidgeFlowIoTargets NAMESPACE RidgeFlow:: DESTINATION ${package_dir})
endif()
if(TARGET ridgeflow_program)
  install(TARGETS ridgeflow_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(PROGRAMS share/ridgeflow/ridgeflow_plot.py DESTINATION ${CMAKE_INSTALL_DATADIR}/ridgeflow)
  install(FILES share/ridgeflow/isolation.py share/ridgeflow/stopping.py share/ridgeflow/matplotlibrc
    DESTINATION ${CMAKE_INSTALL_DATADIR}/ridgeflow)
  install(DIRECTORY share/ridgeflow/ridgeflow_pictures DESTINATION ${CMAKE_INSTALL_DATADIR}/ridgeflow
    FILES_MATCHING PATTERN "*.py" PATTERN "__pycache__" EXCLUDE)
endif()
install(FILES LICENSE CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/RidgeFlowConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/RidgeFlowConfigVersion.cmake
  DESTINATION ${package_dir})

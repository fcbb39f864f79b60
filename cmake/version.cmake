# Run at every build (cmake -P): writes the version header, and only where it changed, so that a result names
# the revision it came from without a rebuild of everything.
execute_process(COMMAND git -C "${SOURCE_DIR}" describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
if(NOT status EQUAL 0 OR revision STREQUAL "")
  set(revision "unknown")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
// Written by cmake/version.cmake.
#pragma once
#define RIDGEFLOW_VERSION_STRING "@VERSION@"
#define RIDGEFLOW_GIT_REVISION "@revision@"
#define RIDGEFLOW_COMPILER "@COMPILER@"
#define RIDGEFLOW_BUILD_TYPE "@BUILD_TYPE@"
]] @ONLY)

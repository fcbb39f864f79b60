# Private interface targets, so that no flag leaks to a consumer.

# Floating-point rules of docs/trajectory.md: no contraction, no fast math. Part of the result, not of taste.
add_library(ridgeflow_arithmetic INTERFACE)
target_compile_options(ridgeflow_arithmetic INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>
  $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false -Xcompiler=-ffp-contract=off>)

add_library(ridgeflow_warnings INTERFACE)
set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wundef)
target_compile_options(ridgeflow_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${warnings}>")
set(cuda_host_warnings -Wall,-Wextra,-Wshadow,-Wno-unknown-pragmas)  # the host pass meets #pragma unroll
target_compile_options(ridgeflow_warnings INTERFACE
  "$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=${cuda_host_warnings}>")
if(RIDGEFLOW_WARNINGS_AS_ERRORS)
  target_compile_options(ridgeflow_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Werror>
    $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>)
endif()

add_library(ridgeflow_private INTERFACE)
target_link_libraries(ridgeflow_private INTERFACE ridgeflow_arithmetic ridgeflow_warnings)
if(RIDGEFLOW_SANITIZE)
  # CXX only: nvcc's host passes would need the flags doubled, and the CUDA sources hold launches only.
  target_compile_options(ridgeflow_private INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${RIDGEFLOW_SANITIZE};-fno-omit-frame-pointer;-fno-sanitize-recover=all>")
  target_link_options(ridgeflow_private INTERFACE "-fsanitize=${RIDGEFLOW_SANITIZE}")
endif()
if(RIDGEFLOW_STATIC)
  target_link_options(ridgeflow_private INTERFACE -static-libstdc++ -static-libgcc)
  set(CMAKE_BUILD_RPATH "$ORIGIN")  # libraries carried beside the programs
endif()
if(RIDGEFLOW_CLANG_TIDY)
  find_program(RIDGEFLOW_CLANG_TIDY_PROGRAM clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${RIDGEFLOW_CLANG_TIDY_PROGRAM}")
endif()

# ridgeflow_add_test(NAME SOURCES ... [LIBRARIES ...] [LABELS one] [DEFINITIONS ...] [TIMEOUT seconds])
# One executable per area; GoogleTest cases become CTest cases named area.Suite.Case.
function(ridgeflow_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;DEFINITIONS")
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE ridgeflow_private ${arg_LIBRARIES} GTest::gtest GTest::gmock
    rapidcheck ridgeflow_test_main)
  target_compile_definitions(test_${name} PRIVATE
    RIDGEFLOW_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" ${arg_DEFINITIONS})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  set(timeout 300)
  if(arg_TIMEOUT)
    set(timeout ${arg_TIMEOUT})
  endif()
  set(properties TIMEOUT ${timeout})
  # gtest_discover_tests drops empty values from the list, so that the next key takes their place, and splits
  # lists: at most one label, and none is left out altogether.
  list(LENGTH arg_LABELS label_count)
  if(label_count GREATER 1)
    message(FATAL_ERROR "test ${name}: one label only, not ${arg_LABELS}")
  elseif(label_count EQUAL 1)
    list(APPEND properties LABELS ${arg_LABELS})
  endif()
  include(GoogleTest)
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()

# ridgeflow_add_python_test(NAME MODULES ... COMMAND script arguments...)
# Runs under the first Python that can import the modules, which is not always the first on PATH and may be the build
# folder's own (quickstart test makes it); skips visibly, naming what is missing, where none can. Exit status 77 of the script is a skip too.
function(ridgeflow_add_python_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "MODULES;COMMAND")
  string(REPLACE ";" ", " modules "${arg_MODULES}")
  set(chosen)
  foreach(candidate python3 /usr/bin/python3 ${PROJECT_BINARY_DIR}/python/bin/python3)
    if(NOT chosen)
      execute_process(COMMAND ${candidate} -c "import ${modules}" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
      if(status EQUAL 0)
        set(chosen ${candidate})
      endif()
    endif()
  endforeach()
  if(chosen)
    add_test(NAME ${name} COMMAND ${chosen} ${arg_COMMAND})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
  else()
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: no python3 that can import ${modules}")
    set_tests_properties(${name} PROPERTIES SKIP_REGULAR_EXPRESSION "SKIPPED")
  endif()
endfunction()

# cmake -D build= -D source= -D work= -D generator= -D compiler= -D config= -P install_and_build.cmake
# Installs the build to a fresh prefix, moves it, and configures, builds and runs the consumer against it.
function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} failed (${status}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${work})
step("install" ${CMAKE_COMMAND} --install ${build} --prefix ${work}/first --config "${config}")
# A package must not remember where it was installed.
file(RENAME ${work}/first ${work}/prefix)
# Nor the sources and the build folder it came from.
get_filename_component(project_source ${source}/../.. ABSOLUTE)
file(GLOB_RECURSE package_files ${work}/prefix/*.cmake)
if(NOT package_files)
  message(FATAL_ERROR "no package files were installed")
endif()
foreach(file IN LISTS package_files)
  file(READ ${file} text)
  foreach(place IN ITEMS ${project_source} ${build})
    string(FIND "${text}" "${place}" found)
    if(NOT found EQUAL -1)
      message(FATAL_ERROR "${file} names ${place}")
    endif()
  endforeach()
endforeach()

# The program's pictures are scripts, settings and a package: all of them, and nothing that Python left there.
if(EXISTS ${work}/prefix/bin/ridgeflow)
  file(GLOB_RECURSE scripts RELATIVE ${project_source}/share ${project_source}/share/*.py
    ${project_source}/share/matplotlibrc)
  file(GLOB_RECURSE installed RELATIVE ${work}/prefix/share ${work}/prefix/share/ridgeflow/*)
  list(SORT scripts)
  list(SORT installed)
  if(NOT scripts STREQUAL installed)
    message(FATAL_ERROR "installed in share/ridgeflow: ${installed}; not: ${scripts}")
  endif()
endif()

step("configuring the consumer" ${CMAKE_COMMAND} -S ${source} -B ${work}/build -G ${generator}
  -D CMAKE_PREFIX_PATH=${work}/prefix -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_BUILD_TYPE=Release)
step("building the consumer" ${CMAKE_COMMAND} --build ${work}/build)
step("the consumer" ${work}/build/consumer)
message(STATUS "${output}")
file(REMOVE_RECURSE ${work})

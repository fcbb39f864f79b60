# Libraries, each for one job (docs/architecture.md, "Libraries"). Debian package names stand in the messages.
find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Boost 1.74 REQUIRED)  # header-only parts: Math, Odeint (libboost-dev)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)  # its Fourier transform, unsupported/Eigen/FFT (libeigen3-dev)
find_package(fmt 9 REQUIRED)       # text (libfmt-dev)
set(RIDGEFLOW_FMT fmt::fmt)
if(RIDGEFLOW_STATIC)
  set(RIDGEFLOW_FMT fmt::fmt-header-only)  # Debian has no static library of it
endif()
find_package(PkgConfig QUIET)

find_path(XXHASH_INCLUDE_DIR xxhash.h)
if(NOT XXHASH_INCLUDE_DIR)
  message(FATAL_ERROR "xxhash.h not found: install libxxhash-dev")
endif()
add_library(ridgeflow_xxhash INTERFACE)
target_include_directories(ridgeflow_xxhash SYSTEM INTERFACE ${XXHASH_INCLUDE_DIR})
target_compile_definitions(ridgeflow_xxhash INTERFACE XXH_INLINE_ALL)

if(RIDGEFLOW_WITH_NETCDF)
  find_package(spdlog 1.10 REQUIRED)         # log (libspdlog-dev)
  find_package(CLI11 2.1 REQUIRED)           # flags (libcli11-dev)
  find_package(tomlplusplus 3 REQUIRED)      # run files (libtomlplusplus-dev)
  find_package(nlohmann_json 3.11 REQUIRED)  # JSON output (nlohmann-json3-dev)
  pkg_check_modules(NETCDF REQUIRED IMPORTED_TARGET netcdf>=4.9)  # results (libnetcdf-dev)
endif()

# Many processes (libopenmpi-dev). Found by itself; the program runs alone without it.
if(RIDGEFLOW_WITH_NETCDF AND (NOT DEFINED RIDGEFLOW_WITH_MPI OR RIDGEFLOW_WITH_MPI))
  find_package(MPI QUIET COMPONENTS CXX)
endif()
set(RIDGEFLOW_WITH_MPI ${MPI_CXX_FOUND} CACHE BOOL "Share a run's chains between the ranks of MPI")
if(RIDGEFLOW_WITH_MPI AND NOT TARGET MPI::MPI_CXX)
  message(FATAL_ERROR "RIDGEFLOW_WITH_MPI is on, but no MPI was found: install libopenmpi-dev")
endif()

if(RIDGEFLOW_WITH_CUDA)
  find_package(CUDAToolkit 12 REQUIRED)
endif()

if(RIDGEFLOW_BUILD_TESTS)
  find_package(GTest REQUIRED)        # libgtest-dev
  find_package(rapidcheck REQUIRED)   # librapidcheck-dev
  find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)  # librandom123-dev
endif()
if(RIDGEFLOW_BUILD_BENCH)
  find_package(benchmark REQUIRED)    # libbenchmark-dev
endif()

// Other programs, started without a shell.
#pragma once

#include <string>
#include <vector>

namespace ridgeflow::cli {

/// Runs \p words (the first is looked up on PATH) with our streams, or silently; its exit status, 127 if it
/// cannot be started, 128 + n if signal n ended it.
int run_program(const std::vector<std::string>& words, bool silent);

/// Python's flag that keeps modules of the current folder and PYTHON* variables out; the script puts back the
/// libraries that are there on purpose (share/ridgeflow/isolation.py).
inline constexpr const char* kIsolated = "-I";

/// A Python that has all libraries of \p script, by its --check-libraries: $RIDGEFLOW_PYTHON if set, else
/// python3, else /usr/bin/python3. \throws InvalidInput naming what was tried, \p modules and what to
/// install.
std::string find_python(const std::string& script, const std::string& modules);

/// A file of share/ridgeflow: of the installation this program lies in, else of its source.
/// \throws DeviceError naming both places.
std::string find_shared_file(const std::string& name);

}  // namespace ridgeflow::cli

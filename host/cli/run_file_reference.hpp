// Every key of a run file, from the one list of settings.
#pragma once

#include <string>

namespace ridgeflow::cli {

/// All keys as a run file that is one: each with its default, or in a comment where it has none, below a
/// comment that says what it does, what it takes and which flag sets it too. In lines of 80 columns.
std::string run_file_reference();

}  // namespace ridgeflow::cli

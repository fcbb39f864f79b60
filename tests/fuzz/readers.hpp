// The doors that strangers' bytes come through, each as a function of bytes: for libFuzzer, and to run the
// kept inputs through. Returns for any bytes; whatever is refused is refused with InvalidInput.
#pragma once

#include <string_view>

namespace ridgeflow::fuzz {

void run_file(std::string_view bytes);       ///< and what is read is written and read as the same
void spectrum_text(std::string_view bytes);  ///< a CSV
void npy(std::string_view bytes);
void command_line(std::string_view bytes);  ///< a word a line

}  // namespace ridgeflow::fuzz

// The doors that strangers' bytes come through, each as a function of bytes: for libFuzzer, and to run the
// kept inputs through. Each returns for any bytes: what is refused is refused with InvalidInput, and what is
// taken is what the text says, or the process ends.
#pragma once

#include <string_view>

namespace ridgeflow::fuzz {

/// Numbers, lists and ranges: any number that is taken is strtod's of the same text.
void number(std::string_view bytes);
/// What is read can be written and read again; a small model of it is finite, and so is its schedule.
void run_file(std::string_view bytes);
/// A CSV. The modes are as many as lines of numbers at most, finite, and written as `a,y` the same.
void spectrum_text(std::string_view bytes);
/// An array: the modes are finite, as many as its bytes hold, and in an array of their own the same.
void npy(std::string_view bytes);
/// A word a line, the verb left out: every word reaches the option that it is for; settings as in run_file().
void command_line(std::string_view bytes);

}  // namespace ridgeflow::fuzz

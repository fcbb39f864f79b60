/// \file
/// What modules and the bodies of functions are read with alike.
#pragma once

#include <cstdint>
#include <string_view>

#include "lexer.hpp"

namespace emu::ptx {

/// An immediate as text: its kind and bits.
Operand number(std::string_view text, bool negative);
std::uint64_t take_integer(Lexer& lexer);
/// Takes everything up to \p end and that too. \throws SyntaxError where the text ends before.
void skip_past(Lexer& lexer, char end);

/// kGlobal where \p word (with its dot) is no space.
Space space_named(std::string_view word);
bool is_space(std::string_view word);
/// A variable, after its space: [.align n] [.ptr ...] .type name [n][m]... [= value].
Variable take_variable(Lexer& lexer, Space space);

}  // namespace emu::ptx

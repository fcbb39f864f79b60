// Numbers and variables, which modules and bodies declare alike.
#include "declarations.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

namespace emu::ptx {

Operand number(std::string_view text, bool negative) {
  Operand operand;
  const bool prefixed = text.size() > 2 && text[0] == '0';
  const auto hex = [&](std::size_t from) {
    return std::strtoull(std::string(text.substr(from)).c_str(), nullptr, 16);
  };
  if (prefixed && (text[1] == 'f' || text[1] == 'F')) {
    operand.kind = Operand::Kind::kFloat32;
    operand.bits = hex(2) ^ (negative ? 0x80000000U : 0U);
  } else if (prefixed && (text[1] == 'd' || text[1] == 'D')) {
    operand.kind = Operand::Kind::kFloat64;
    operand.bits = hex(2) ^ (negative ? std::uint64_t{1} << 63 : 0U);
  } else if (!(prefixed && (text[1] == 'x' || text[1] == 'X')) &&
             text.find_first_of(".eE") != std::string_view::npos) {
    operand.kind = Operand::Kind::kFloat64;
    double value = std::strtod(std::string(text).c_str(), nullptr);
    value = negative ? -value : value;
    std::memcpy(&operand.bits, &value, sizeof value);
  } else {
    operand.kind = Operand::Kind::kInteger;
    std::string digits(text);
    while (!digits.empty() && (digits.back() == 'U' || digits.back() == 'u')) {
      digits.pop_back();
    }
    const bool binary = prefixed && (text[1] == 'b' || text[1] == 'B');
    operand.bits =
        binary ? std::strtoull(digits.c_str() + 2, nullptr, 2) : std::strtoull(digits.c_str(), nullptr, 0);
    operand.bits = negative ? std::uint64_t{0} - operand.bits : operand.bits;
  }
  return operand;
}

std::uint64_t take_integer(Lexer& lexer) {
  const bool negative = lexer.take_if('-');
  return number(lexer.expect(Token::Kind::kNumber, "a number").text, negative).bits;
}

void skip_past(Lexer& lexer, char end) {
  while (!lexer.take_if(end)) {
    if (lexer.peek().kind == Token::Kind::kEnd) {
      lexer.expect(end);
    }
    lexer.take();
  }
}

Space space_named(std::string_view word) {
  return word == ".shared"  ? Space::kShared
         : word == ".local" ? Space::kLocal
         : word == ".const" ? Space::kConst
         : word == ".param" ? Space::kParam
                            : Space::kGlobal;
}

bool is_space(std::string_view word) {
  return word == ".shared" || word == ".local" || word == ".const" || word == ".param" || word == ".global";
}

namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 40;  ///< of a variable
constexpr std::uint64_t kMostAlignment = std::uint64_t{1} << 20;
constexpr int kMostBraces = 8;  ///< around a value: one for each dimension

/// The value of a variable between braces, or alone: numbers, and addresses of variables.
void take_initial(Lexer& lexer, Variable& variable) {
  const std::uint32_t size = bytes_of(variable.type);
  const auto put = [&](std::uint64_t bits) {
    for (std::uint32_t i = 0; i < size; ++i) {
      variable.initial.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
    }
  };
  const auto one = [&](auto&& self, int braces) -> void {
    if (lexer.take_if('{')) {
      if (braces == kMostBraces) {
        lexer.fail("fewer braces");
      }
      while (!lexer.take_if('}')) {
        self(self, braces + 1);
        lexer.take_if(',');
      }
      return;
    }
    const bool negative = lexer.take_if('-');
    if (lexer.peek().kind == Token::Kind::kNumber) {
      put(bits_as(number(lexer.take().text, negative), variable.type));
      return;
    }
    std::string_view name = lexer.expect(Token::Kind::kWord, "a value").text;
    const bool generic = name == "generic";
    if (generic) {
      lexer.expect('(');
      name = lexer.expect(Token::Kind::kWord, "a variable").text;
      lexer.expect(')');
    }
    std::int64_t plus = 0;
    if (lexer.take_if('+')) {
      plus = static_cast<std::int64_t>(take_integer(lexer));
    }
    variable.addresses.push_back({variable.initial.size(), std::string(name), plus, generic});
    put(0);
  };
  one(one, 0);
}

}  // namespace

Variable take_variable(Lexer& lexer, Space space) {
  Variable variable;
  variable.space = space;
  std::uint64_t align = 0;
  std::uint64_t lanes = 1;
  while (lexer.peek().kind == Token::Kind::kWord && lexer.peek().text[0] == '.') {
    const std::string_view word = lexer.take().text;
    if (word == ".align") {
      align = take_integer(lexer);
      if (!std::has_single_bit(align) || align > kMostAlignment) {
        lexer.fail("an alignment that is a power of two");
      }
    } else if (word == ".v2" || word == ".v4") {
      lanes = word == ".v2" ? 2 : 4;
    } else if (type_named(word.substr(1)) != Type::kNone) {
      variable.type = type_named(word.substr(1));
    } else if (word == ".ptr" || is_space(word) || word == ".attribute" || word == ".volatile" ||
               word == ".managed") {
      if (word == ".ptr") {  // .ptr [.space] [.align n]: about what it points to
        if (lexer.peek().kind == Token::Kind::kWord && is_space(lexer.peek().text)) {
          lexer.take();
        }
        if (lexer.peek().is(".align")) {
          lexer.take();
          take_integer(lexer);
        }
      } else if (lexer.take_if('(')) {
        skip_past(lexer, ')');
      }
    } else {
      lexer.fail("a type");
    }
  }
  variable.name = lexer.expect(Token::Kind::kWord, "a name").text;
  std::uint64_t count = lanes;
  bool open = false;
  while (lexer.take_if('[')) {
    if (lexer.peek().is(']')) {
      open = true;
    } else {
      const std::uint64_t length = take_integer(lexer);
      if (length > kMostBytes || (length > 0 && count > kMostBytes / length)) {
        lexer.fail("a smaller array");
      }
      count *= length;
    }
    lexer.expect(']');
  }
  variable.bytes = open ? 0 : count * bytes_of(variable.type);
  variable.align = align != 0 ? align : bytes_of(variable.type) * lanes;
  if (lexer.take_if('=')) {
    take_initial(lexer, variable);
    variable.bytes = std::max<std::uint64_t>(variable.bytes, variable.initial.size());
  }
  return variable;
}

}  // namespace emu::ptx

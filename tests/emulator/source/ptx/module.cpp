// Modules: variables, and functions whose bodies are kept as text.
#include <algorithm>

#include "declarations.hpp"

namespace emu::ptx {
namespace {

std::vector<Variable> take_parameters(Lexer& lexer) {
  std::vector<Variable> parameters;
  lexer.expect('(');
  std::uint64_t offset = 0;
  while (!lexer.take_if(')')) {
    if (!lexer.peek().is(".param")) {
      lexer.fail(".param (parameters in registers are not supported)");
    }
    lexer.take();
    Variable parameter = take_variable(lexer, Space::kParam);
    offset = (offset + parameter.align - 1) / parameter.align * parameter.align;
    parameter.offset = offset;
    offset += parameter.bytes;
    parameters.push_back(std::move(parameter));
    lexer.take_if(',');
  }
  return parameters;
}

Function take_function(Lexer& lexer, bool is_entry) {
  Function function;
  function.is_entry = is_entry;
  if (lexer.peek().is('(')) {
    function.results = take_parameters(lexer);
  }
  function.name = lexer.expect(Token::Kind::kWord, "the name of a function").text;
  if (lexer.peek().is('(')) {
    function.parameters = take_parameters(lexer);
  }
  while (lexer.peek().kind == Token::Kind::kWord) {
    const std::string_view word = lexer.take().text;
    std::vector<std::uint64_t> values;
    while (lexer.peek().kind == Token::Kind::kNumber || lexer.peek().kind == Token::Kind::kString) {
      const Token token = lexer.take();
      values.push_back(token.kind == Token::Kind::kNumber ? number(token.text, false).bits : 0);
      lexer.take_if(',');
    }
    if (word == ".maxntid" || word == ".reqntid") {
      for (std::size_t i = 0; i < 3; ++i) {
        function.max_threads[i] = i < values.size() ? static_cast<std::uint32_t>(values[i]) : 1;
      }
    }
  }
  if (lexer.peek().is('{')) {
    function.body = lexer.take_braces(&function.body_line);
  } else {
    lexer.take_if(';');
  }
  return function;
}

}  // namespace

Module::Module(std::string all) : text(std::move(all)) {
  Lexer lexer(text);
  bool external = false;
  while (lexer.peek().kind != Token::Kind::kEnd) {
    const Token token = lexer.take();
    const std::string_view word = token.text;
    if (word == ".version" || word == ".target" || word == ".address_size") {
      do {
        lexer.take();
      } while (lexer.take_if(','));
    } else if (word == ".file") {
      const auto index = static_cast<std::uint32_t>(take_integer(lexer));
      std::string_view path = lexer.expect(Token::Kind::kString, "a path").text;
      files[index] = path.substr(1, path.size() - 2);
      while (lexer.take_if(',')) {
        lexer.take();
      }
    } else if (word == ".section") {
      lexer.take();
      std::uint32_t line = 0;
      lexer.take_braces(&line);
    } else if (word == ".extern") {
      external = true;
    } else if (word == ".visible" || word == ".weak" || word == ".common") {
    } else if (word == ".entry" || word == ".func") {
      while (lexer.peek().is(".noreturn") || lexer.peek().is(".attribute")) {
        lexer.take();
      }
      Function function = take_function(lexer, word == ".entry");
      Function& known = functions[function.name];
      if (known.body.data() == nullptr) {
        known = std::move(function);
      }
      external = false;
    } else if (is_space(word)) {
      do {
        Variable variable = take_variable(lexer, space_named(word));
        variable.external = external;
        Variable& known = variables[variable.name];
        if (known.name.empty() || known.external) {
          known = std::move(variable);
        }
      } while (lexer.take_if(','));
      lexer.expect(';');
      external = false;
    } else if (word == ".pragma" || word == ".alias") {
      skip_past(lexer, ';');
    } else if (!token.is(';')) {
      throw SyntaxError("PTX line " + std::to_string(token.line) + ": unknown directive '" +
                        std::string(word) + "'");
    }
  }
}

}  // namespace emu::ptx

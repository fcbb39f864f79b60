// Bodies: scopes of registers, statements and their operands.
#include <algorithm>
#include <charconv>

#include "declarations.hpp"

namespace emu::ptx {
namespace {

constexpr std::uint64_t kMostRegisters = 1U << 20;  ///< of a function

/// Reads the statements of a body.
class BodyParser {
 public:
  explicit BodyParser(Function& function) : function_(function), lexer_(function.body, function.body_line) {}

  void parse() {
    scopes_.emplace_back();
    while (lexer_.peek().kind != Token::Kind::kEnd) {
      this->take_item();
    }
  }

 private:
  /// Registers of one .reg declaration: one name, or prefix<n>.
  struct Range {
    std::int32_t first = 0;
    std::int32_t count = -1;  ///< -1: one register, by its whole name
  };
  using Scope = std::unordered_map<std::string_view, Range>;

  void take_item() {
    const Token& next = lexer_.peek();
    if (lexer_.take_if('{')) {
      scopes_.emplace_back();
    } else if (lexer_.take_if('}')) {
      if (scopes_.size() < 2) {
        lexer_.fail("a statement");
      }
      scopes_.pop_back();
    } else if (lexer_.take_if(';')) {
    } else if (next.is('@') || (next.kind == Token::Kind::kWord && next.text[0] != '.')) {
      this->take_statement();
    } else if (next.kind == Token::Kind::kWord) {
      this->take_directive();
    } else {
      lexer_.fail("a statement");
    }
  }

  void take_directive() {
    const std::string_view word = lexer_.take().text;
    if (word == ".reg") {
      this->take_registers();
    } else if (is_space(word)) {
      do {
        Variable variable = take_variable(lexer_, space_named(word));
        variable.space =
            variable.space == Space::kParam ? Space::kLocal : variable.space;  // of a call: the thread's own
        function_.variables.insert_or_assign(variable.name, variable);
      } while (lexer_.take_if(','));
      lexer_.expect(';');
    } else if (word == ".loc") {
      location_.file = static_cast<std::uint32_t>(take_integer(lexer_));
      location_.line = static_cast<std::uint32_t>(take_integer(lexer_));
      take_integer(lexer_);
      while (lexer_.take_if(',')) {  // inlined_at and the like
        while (lexer_.peek().kind == Token::Kind::kWord && !lexer_.peek().is(".loc") &&
               (lexer_.peek().is("function_name") || lexer_.peek().is("inlined_at") ||
                lexer_.peek().text.starts_with("$L__info") || lexer_.peek().text.starts_with(".debug"))) {
          lexer_.take();
        }
        while (lexer_.peek().kind == Token::Kind::kNumber || lexer_.peek().is('+')) {
          lexer_.take();
        }
      }
    } else {  // .pragma and others that end with a semicolon
      skip_past(lexer_, ';');
    }
  }

  void take_registers() {
    Type type = Type::kNone;
    while (lexer_.peek().kind == Token::Kind::kWord && lexer_.peek().text[0] == '.') {
      type = type_named(lexer_.take().text.substr(1));
    }
    if (type == Type::kNone) {
      lexer_.fail("a type");
    }
    do {
      const std::string_view name = lexer_.expect(Token::Kind::kWord, "a register").text;
      Range range{static_cast<std::int32_t>(function_.registers.size()), -1};
      std::int32_t count = 1;
      if (lexer_.take_if('<')) {
        const std::uint64_t wanted = take_integer(lexer_);
        if (wanted > kMostRegisters) {
          lexer_.fail("fewer registers");
        }
        range.count = count = static_cast<std::int32_t>(wanted);
        lexer_.expect('>');
      }
      if (function_.registers.size() + static_cast<std::size_t>(count) > kMostRegisters) {
        lexer_.fail("fewer registers");
      }
      function_.registers.resize(function_.registers.size() + static_cast<std::size_t>(count), {type});
      scopes_.back()[name] = range;
    } while (lexer_.take_if(','));
    lexer_.expect(';');
  }

  /// -1 where \p name is no register.
  std::int32_t find_register(std::string_view name) const {
    const std::size_t stem = name.find_last_not_of("0123456789") + 1;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (const auto found = scope->find(name); found != scope->end() && found->second.count < 0) {
        return found->second.first;
      }
      if (stem < name.size()) {
        if (const auto found = scope->find(name.substr(0, stem)); found != scope->end()) {
          std::int32_t index = 0;
          const auto read = std::from_chars(name.data() + stem, name.data() + name.size(), index);
          if (read.ec == std::errc{} && index < found->second.count) {
            return found->second.first + index;
          }
        }
      }
    }
    return -1;
  }

  Operand take_operand() {
    Operand operand = this->take_single();
    if (lexer_.take_if('|')) {
      Operand pair;
      pair.kind = Operand::Kind::kVector;
      pair.parts = {std::move(operand), this->take_single()};
      return pair;
    }
    return operand;
  }

  Operand take_single() {
    if (lexer_.peek().is('{') || lexer_.peek().is('(')) {
      const char end = lexer_.take().text[0] == '{' ? '}' : ')';
      Operand operand;
      operand.kind = Operand::Kind::kVector;
      while (!lexer_.take_if(end)) {
        operand.parts.push_back(this->take_part());
        lexer_.take_if(',');
      }
      return operand;
    }
    return this->take_part();
  }

  /// What stands alone or in a vector.
  Operand take_part() {
    Operand operand;
    if (lexer_.take_if('!')) {
      operand = this->named(lexer_.expect(Token::Kind::kWord, "a predicate").text);
      operand.negated = true;
    } else if (lexer_.take_if('-')) {
      operand = number(lexer_.expect(Token::Kind::kNumber, "a number").text, true);
    } else if (lexer_.peek().kind == Token::Kind::kNumber) {
      operand = number(lexer_.take().text, false);
    } else if (lexer_.take_if('[')) {
      operand = this->take_address();
    } else {
      operand = this->named(lexer_.expect(Token::Kind::kWord, "an operand").text);
      if (operand.kind == Operand::Kind::kSymbol && lexer_.take_if('+')) {
        operand.offset = static_cast<std::int64_t>(take_integer(lexer_));
      }
    }
    return operand;
  }

  Operand named(std::string_view name) const {
    Operand operand;
    if (name == "_") {
      return operand;
    }
    operand.reg = this->find_register(name);
    operand.kind = operand.reg >= 0 ? Operand::Kind::kRegister
                   : name[0] == '%' ? Operand::Kind::kSpecial
                                    : Operand::Kind::kSymbol;
    operand.name = name;
    return operand;
  }

  Operand take_address() {
    Operand operand;
    if (lexer_.peek().kind == Token::Kind::kNumber) {
      operand.offset = static_cast<std::int64_t>(take_integer(lexer_));
    } else {
      operand = this->named(lexer_.expect(Token::Kind::kWord, "an address").text);
      if (lexer_.take_if('+')) {
        operand.offset = static_cast<std::int64_t>(take_integer(lexer_));
      } else if (lexer_.take_if('-')) {
        operand.offset = -static_cast<std::int64_t>(take_integer(lexer_));
      }
    }
    operand.kind = Operand::Kind::kMemory;
    lexer_.expect(']');
    return operand;
  }

  void take_statement() {
    Statement statement;
    statement.line = lexer_.peek().line;
    statement.source = location_;
    if (lexer_.take_if('@')) {
      statement.guard_negated = lexer_.take_if('!');
      statement.guard = this->find_register(lexer_.expect(Token::Kind::kWord, "a predicate").text);
      if (statement.guard < 0) {
        lexer_.fail("a predicate");
      }
    }
    statement.opcode = lexer_.expect(Token::Kind::kWord, "an instruction").text;
    if (statement.guard < 0 && lexer_.take_if(':')) {
      this->take_label(statement.opcode);
      return;
    }
    for (std::string_view rest = statement.opcode; !rest.empty();) {
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      statement.parts.push_back(rest.substr(0, dot));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    while (!lexer_.take_if(';')) {
      statement.operands.push_back(this->take_operand());
      lexer_.take_if(',');
    }
    function_.statements.push_back(std::move(statement));
  }

  void take_label(std::string_view name) {
    if (lexer_.peek().is(".branchtargets")) {
      lexer_.take();
      auto& targets = function_.branch_targets[std::string(name)];
      while (!lexer_.take_if(';')) {
        targets.emplace_back(lexer_.expect(Token::Kind::kWord, "a label").text);
        lexer_.take_if(',');
      }
      return;
    }
    function_.labels[std::string(name)] = function_.statements.size();
  }

  Function& function_;
  Lexer lexer_;
  std::vector<Scope> scopes_;
  Location location_;
};

}  // namespace

void Module::parse_body(Function& function) const {
  if (!function.parsed) {
    BodyParser(function).parse();
    function.parsed = true;
  }
}

}  // namespace emu::ptx
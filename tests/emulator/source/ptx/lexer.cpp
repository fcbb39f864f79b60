#include "lexer.hpp"

#include <cctype>
#include <string>

namespace emu::ptx {
namespace {

bool starts_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '%' || c == '.';
}
bool continues_word(char c) {
  return starts_word(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

void Lexer::fail(const char* wanted) const {
  throw SyntaxError("PTX line " + std::to_string(token_.line) + ": " + wanted + " expected, found '" +
                    std::string(token_.text) + "'");
}

Token Lexer::expect(char mark) {
  if (!token_.is(mark)) {
    const char wanted[] = {'\'', mark, '\'', '\0'};
    this->fail(wanted);
  }
  return this->take();
}

Token Lexer::expect(Token::Kind kind, const char* what) {
  if (token_.kind != kind) {
    this->fail(what);
  }
  return this->take();
}

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      ++at_;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at_;
    } else if (text_.compare(at_, 2, "//") == 0) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (text_.compare(at_, 2, "/*") == 0) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        throw SyntaxError("PTX line " + std::to_string(line_) + ": a comment that does not end");
      }
      for (; at_ < text_.size() && at_ < end + 2; ++at_) {
        line_ += text_[at_] == '\n' ? 1U : 0U;
      }
    } else {
      return;
    }
  }
}

void Lexer::advance() {
  this->skip_blanks();
  token_ = {Token::Kind::kEnd, {}, line_};
  if (at_ >= text_.size()) {
    return;
  }
  const std::size_t first = at_;
  const char c = text_[at_++];
  if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
    token_.kind = Token::Kind::kNumber;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.')) {
      const bool exponent = (text_[at_] == 'e' || text_[at_] == 'E') && c != '0';
      ++at_;
      if (exponent && at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
        ++at_;
      }
    }
  } else if (starts_word(c)) {
    token_.kind = Token::Kind::kWord;
    while (at_ < text_.size() &&
           (continues_word(text_[at_]) || (text_[at_] == ':' && text_.compare(at_, 2, "::") == 0))) {
      at_ += text_[at_] == ':' ? 2U : 1U;
    }
  } else if (c == '"') {
    token_.kind = Token::Kind::kString;
    while (at_ < text_.size() && text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2U : 1U;
    }
    if (at_ >= text_.size()) {
      throw SyntaxError("PTX line " + std::to_string(line_) + ": a string that does not end");
    }
    ++at_;
  } else {
    token_.kind = Token::Kind::kMark;
  }
  token_.text = text_.substr(first, at_ - first);
}

std::string_view Lexer::take_braces(std::uint32_t* first_line) {
  if (!token_.is('{')) {
    this->fail("'{'");
  }
  const std::size_t first = at_;
  *first_line = line_;
  for (int depth = 1; depth > 0;) {
    this->skip_blanks();
    if (at_ >= text_.size()) {
      this->fail("'}'");
    }
    const char c = text_[at_++];
    if (c == '"') {
      at_ = std::min(text_.find('"', at_), text_.size() - 1) + 1;
    }
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
  }
  const std::string_view inside = text_.substr(first, at_ - 1 - first);
  this->advance();
  return inside;
}

}  // namespace emu::ptx

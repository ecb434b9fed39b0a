"""The words of a command line, as the shell it was written for would hand them over.

People paste commands from documentation, chats and terminals: POSIX shells, the Windows command prompt (lines end
in ^) and PowerShell (lines end in `). Nothing is run or expanded; what a shell would have put in is reported.
"""

import enum
import re
from dataclasses import dataclass, field

from wirelens.engine.errors import UsageError


class Shell(enum.Enum):
    """Whose rules of quoting a text follows."""

    SH = "sh"
    CMD = "cmd"
    POWERSHELL = "PowerShell"


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The words of the command, what it reads from standard input where the text says so, and what was left alone."""

    words: tuple[str, ...]
    standard_input: str | None = None
    notes: tuple[str, ...] = ()


def split_command(text: str, shell: Shell | None = None) -> CommandLine:
    """The words of the first command in `text`; without `shell` the text itself shows whose it is.

    Raises:
        UsageError: a quote or here-document that is never closed.
    """
    reader = _READERS[shell or guess_shell(text)](text.replace("\r\n", "\n"))
    reader.read()
    return CommandLine(tuple(reader.words), reader.standard_input, tuple(reader.notes))


def guess_shell(text: str) -> Shell:
    """By what ends its lines, by Windows paths and by PowerShell's escapes; a POSIX shell where nothing speaks."""
    if re.search(r"\^[ \t]*\r?\n|\^\"", text):
        return Shell.CMD
    if re.search(r"`[ \t]*\r?\n|`\"|@'\r?\n|@\"\r?\n", text) or re.match(r"\s*PS\b[^\n>]*>|\s*&\s", text):
        return Shell.POWERSHELL
    if re.match(r"\s*[A-Za-z]:\\[^\n>]*>|\s*\S*grpcurl\.exe\b", text):
        return Shell.CMD if "'" not in text else Shell.POWERSHELL
    return Shell.SH


@dataclass
class _Reader:
    """Walks over a text and collects words; what ends, quotes and escapes is each shell's own."""

    text: str
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    standard_input: str | None = None
    _position: int = 0
    _word: list[str] | None = None

    def read(self) -> None:
        while self._position < len(self.text):
            if not self._step(self.text[self._position]):
                break
        self._end_word()

    def _step(self, character: str) -> bool:
        """Take what stands at the position; False where the command ends."""
        raise NotImplementedError

    def _add(self, text: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(text)

    def _end_word(self) -> None:
        if self._word is not None:
            self.words.append("".join(self._word))
            self._word = None

    def _match(self, pattern: str) -> re.Match[str] | None:
        return re.compile(pattern, re.DOTALL).match(self.text, self._position)

    def _take(self, found: re.Match[str]) -> re.Match[str]:
        self._position = found.end()
        return found

    def _fail(self, message: str, at: int) -> UsageError:
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        return UsageError(message, place=f"{line}:{column}", next_step="paste the whole command")

    def _leave_out(self, what: str) -> None:
        shown = what.strip()
        if shown:
            self.notes.append(f"{shown if len(shown) <= 60 else shown[:59] + '…'} is left out: only the call is taken")


class _ShReader(_Reader):
    """POSIX shells, with bash's $'…' and here-strings."""

    def _step(self, character: str) -> bool:
        if found := self._match(r"\\\n"):
            self._take(found)
        elif character in " \t":
            self._end_word()
            self._position += 1
        elif found := self._match(r"#[^\n]*") if self._word is None else None:
            self._take(found)
        elif character == "\n":
            return self._line_end()
        elif found := self._match(r"<<<[ \t]*"):
            self._here_string(found)
        elif found := self._match(r"<<(-?)[ \t]*(['\"]?)([\w.-]+)\2"):
            self._here_document(found)
        elif character in "|;&<>" or (self._word is not None and self._match(r"[<>]")):
            return self._operator(character)
        else:
            self._text(character)
        return True

    def _line_end(self) -> bool:
        """A command ends with its line, where it has begun."""
        self._end_word()
        self._position += 1
        if not self.words:
            return True
        self._leave_out(self.text[self._position :])
        return False

    def _text(self, character: str) -> None:
        start = self._position
        if character == "'":
            found = self._match(r"'([^']*)'")
            if found is None:
                raise self._fail("a single quote is never closed", start)
            self._add(self._take(found)[1])
        elif character == '"':
            self._double_quoted(start)
        elif found := self._match(r"\$'((?:[^'\\]|\\.)*)'"):
            self._add(_ansi_c(self._take(found)[1]))
        elif character == "\\":
            self._add(self.text[start + 1 : start + 2])
            self._position += 2
        elif found := self._match(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+|`[^`]*`"):
            self._variable(self._take(found)[0])
        else:
            found = self._match(r"[^\s'\"\\$|;&<>`]+|.")
            assert found is not None
            self._add(self._take(found)[0])

    def _double_quoted(self, start: int) -> None:
        self._position += 1
        self._add("")
        while self._position < len(self.text):
            if found := self._match(r"\\([\"\\$`\n])"):
                self._add("" if found[1] == "\n" else found[1])
            elif found := self._match(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+|`[^`]*`"):
                self._variable(found[0])
            elif found := self._match(r"[^\"\\$`]+"):
                self._add(found[0])
            elif self.text[self._position] == '"':
                self._position += 1
                return
            else:
                found = self._match(r".")
                assert found is not None
                self._add(found[0])
            self._take(found)
        raise self._fail("a double quote is never closed", start)

    def _variable(self, text: str) -> None:
        self.notes.append(f"{text} stands as it is: what the shell would put there is not known here")
        self._add(text)

    def _here_string(self, found: re.Match[str]) -> None:
        """`<<< 'text'` is standard input."""
        self._end_word()
        self._take(found)
        before = len(self.words)
        while self._position < len(self.text) and not self._match(r"[\s|;&<>]"):
            self._text(self.text[self._position])
        self._end_word()
        self.standard_input = " ".join(self.words[before:])
        del self.words[before:]

    def _here_document(self, found: re.Match[str]) -> None:
        """`<<END` and the lines up to END are standard input."""
        self._end_word()
        self._take(found)
        start, (tabs, delimiter) = found.start(), (found[1], found[3])
        line_end = self.text.find("\n", self._position)
        body = self.text[line_end + 1 :] if line_end >= 0 else ""
        indent = r"\t*" if tabs else ""
        end = re.compile(rf"^{indent}{re.escape(delimiter)}[ \t]*$", re.MULTILINE).search(body)
        if end is None:
            raise self._fail(f"the here-document <<{delimiter} is never closed", start)
        document = body[: end.start()]
        self.standard_input = re.sub(r"(?m)^\t+", "", document) if tabs else document
        # What is left of the line belongs to the command, what follows the document does not.
        self.text = self.text[:line_end] + "\n" + body[end.end() :]

    def _operator(self, character: str) -> bool:
        """A redirection is passed over, anything else ends the command."""
        if self._word is not None and "".join(self._word).isdigit() and character in "<>":
            self._word = None  # 2>
        self._end_word()
        redirection = self._match(r"&?[<>]{1,2}&?[ \t]*(?:'[^']*'|\"[^\"]*\"|[^\s|;&<>]*)")
        if redirection is not None and character != "|":
            self._leave_out(self._take(redirection)[0])
            return True
        rest = self.text[self._position :]
        if re.match(r"\|[^|]", rest) and "grpcurl" in rest and not any("grpcurl" in word for word in self.words):
            return self._piped_in()
        if not self.words or (character in ";&" and "grpcurl" in rest and not any("grpcurl" in w for w in self.words)):
            self._leave_out(" ".join(self.words))  # cd somewhere && grpcurl …
            self.words.clear()
            self._position += len(re.match(r"[|;&]+", rest)[0])  # type: ignore[index]  # it begins with one of them
            return True
        self._leave_out(rest)
        return False

    def _piped_in(self) -> bool:
        """`echo '…' | grpcurl -d @` says what standard input is."""
        if self.words and self.words[0] in ("echo", "printf"):
            self.standard_input = " ".join(word for word in self.words[1:] if word not in ("-n", "-e", "%s", "%s\\n"))
        else:
            self.notes.append(f"what {' '.join(self.words)} prints is not known here: give the messages yourself")
        self.words.clear()
        self._position += 1
        return True


class _CmdReader(_Reader):
    """The Windows command prompt: ^ escapes, only double quotes quote, and programs read \\" as a quote.

    Where a quote was escaped for the prompt (^") the program still reads it, so it is a quote like others.
    """

    def read(self) -> None:
        self.text = re.sub(r"\A\s*[A-Za-z]:\\[^\n>]*>", "", self.text).replace('^"', '"')
        super().read()

    def _step(self, character: str) -> bool:
        if found := self._match(r"\^[ \t]*\n[ \t]*"):
            self._take(found)
            self._end_word()
        elif found := self._match(r"\^(.)"):
            self._position += 1
            self._plain_or_quoted(self.text[self._position])
        elif character in " \t":
            self._end_word()
            self._position += 1
        elif character == "\n":
            self._end_word()
            self._position += 1
            if self.words:
                self._leave_out(self.text[self._position :])
                return False
        elif character in "|&<>":
            self._end_word()
            self._leave_out(self.text[self._position :])
            return False
        else:
            self._plain_or_quoted(character)
        return True

    def _plain_or_quoted(self, character: str) -> None:
        if found := self._match(r'(\\*)\\"'):
            self._add("\\" * (len(found[1]) // 2) + '"')
            self._take(found)
        elif character == '"':
            self._quoted()
        else:
            self._add(character)
            self._position += 1

    def _quoted(self) -> None:
        start = self._position
        self._position += 1
        self._add("")
        while self._position < len(self.text):
            if found := self._match(r'\\(\\*)"'):
                # Microsoft's C library: 2n backslashes and a quote are n and the end, 2n+1 are n and a quote.
                count = len(found[1]) + 1
                self._add("\\" * (count // 2))
                self._position = found.end() - 1
                if count % 2 == 0:
                    continue
                self._add('"')
            elif self._match(r'""'):
                self._position += 1
                self._add('"')
            elif found := self._match(r"\^[ \t]*\n"):
                self._take(found)
                continue
            elif self.text[self._position] == '"':
                self._position += 1
                return
            else:
                self._add(self.text[self._position])
            self._position += 1
        raise self._fail("a double quote is never closed", start)


class _PowerShellReader(_Reader):
    """PowerShell: ` escapes, '' and "" are quotes inside quotes, @' … '@ goes over lines.

    Before 7.3 it handed inner double quotes to programs only when they were written \\", so both are understood.
    """

    def _step(self, character: str) -> bool:
        if found := self._match(r"`[ \t]*\n[ \t]*"):
            self._take(found)
            self._end_word()
        elif character in " \t":
            self._end_word()
            self._position += 1
        elif character == "\n":
            self._end_word()
            self._position += 1
            if self.words:
                self._leave_out(self.text[self._position :])
                return False
        elif self._word is None and (found := self._match(r"&[ \t]+|PS\b[^\n>]*>[ \t]*")):
            self._take(found)
        elif character in "|;>&":
            self._end_word()
            self._leave_out(self.text[self._position :])
            return False
        else:
            self._text(character)
        return True

    def _text(self, character: str) -> None:
        start = self._position
        if found := self._match(r"@'[ \t]*\n(.*?)\n'@|@\"[ \t]*\n(.*?)\n\"@"):
            self._take(found)
            self._add(found[1] if found[1] is not None else found[2])
        elif character == "'":
            found = self._match(r"'((?:[^']|'')*)'")
            if found is None:
                raise self._fail("a single quote is never closed", start)
            self._add(_for_programs(self._take(found)[1].replace("''", "'")))
        elif character == '"':
            found = self._match(r'"((?:[^"`]|`.|"")*)"')
            if found is None:
                raise self._fail("a double quote is never closed", start)
            inner = self._take(found)[1].replace('""', '"')
            for variable in re.findall(r"(?<!`)\$\w+", inner):
                self.notes.append(f"{variable} stands as it is: what the shell would put there is not known here")
            self._add(_for_programs(_backticks(inner)))
        elif found := self._match(r"`(.)"):
            self._add(_backticks(self._take(found)[0]))
        else:
            self._add(character)
            self._position += 1


_READERS: dict[Shell, type[_Reader]] = {
    Shell.SH: _ShReader,
    Shell.CMD: _CmdReader,
    Shell.POWERSHELL: _PowerShellReader,
}


def _for_programs(text: str) -> str:
    """Quotes that were written \\" for the sake of the program."""
    return text.replace('\\"', '"') if not re.search(r'(?<!\\)"', text) else text


def _backticks(text: str) -> str:
    names = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
    return re.sub(r"`(.)", lambda found: names.get(found[1], found[1]), text, flags=re.DOTALL)


_ANSI_C_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)


def _ansi_c(text: str) -> str:
    """The text of bash's $'…'."""
    names = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
    # \x and octal escapes are bytes, and several of them may be one character.
    pieces: list[bytes] = []
    position = 0
    for found in _ANSI_C_ESCAPE.finditer(text):
        pieces.append(text[position : found.start()].encode("utf-8", "surrogatepass"))
        position = found.end()
        if found[1] or found[4]:
            pieces.append(bytes([int(found[1], 16) if found[1] else int(found[4], 8) & 0xFF]))
        elif found[2] or found[3]:
            pieces.append(chr(min(int(found[2] or found[3], 16), 0x10FFFF)).encode("utf-8", "surrogatepass"))
        else:
            pieces.append(names.get(found[5], found[5] if found[5] in "\\'\"?" else f"\\{found[5]}").encode())
    pieces.append(text[position:].encode("utf-8", "surrogatepass"))
    return b"".join(pieces).decode("utf-8", "replace")

"""List the small changes that are possible in a file, as replacements of its text."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "custom_components" / "failwatch" / "engine"
COMPARISONS = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
OPERATORS = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}


@dataclass(frozen=True)
class Change:
    """One replacement in a file's bytes; `place` is the function or class that it is in."""

    file: Path
    place: str
    begin: int
    end: int
    new: str

    @property
    def key(self) -> str:
        """What names the change as long as its line stays as it is."""
        text = self.file.read_bytes()
        start = text.rfind(b"\n", 0, self.begin) + 1
        stop = text.find(b"\n", self.end)
        before, old, after = (
            part.decode()
            for part in (text[start : self.begin], text[self.begin : self.end], text[self.end : stop])
        )
        line = " ".join(f"{before}[{old} -> {self.new}]{after}".split())
        return f"{self.file.relative_to(ENGINE)} {self.place}: {line}"

    def applied(self) -> str:
        """Return the file's text with the change."""
        text = self.file.read_bytes()
        return (text[: self.begin] + self.new.encode() + text[self.end :]).decode()


def drawn(changes: Sequence[Change], number: int, seed: int) -> list[Change]:
    """Return so many changes, by a seed."""
    return random.Random(seed).sample(changes, min(number, len(changes)))


def possible(file: Path) -> list[Change]:
    """Return every change of a file."""
    text = file.read_bytes()
    return list(_Finder(file, text).of(ast.parse(text), ""))


class _Finder:
    """Walks a file's tree."""

    def __init__(self, file: Path, text: bytes) -> None:
        self._file = file
        self._text = text
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def of(self, node: ast.AST, place: str) -> Iterator[Change]:
        """Yield the changes in a node, but for what says nothing of behaviour."""
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            place = f"{place}.{node.name}".strip(".")
        for replacement in self._here(node):
            yield Change(self._file, place, *replacement)
        for name, value in ast.iter_fields(node):
            if name in ("decorator_list", "annotation", "returns", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not _is_silent(child):
                    yield from self.of(child, place)

    def _here(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in COMPARISONS:
                yield self._between(left, right, *COMPARISONS[type(operator)])
            case ast.BoolOp(op=operator, values=[first, second, *_]):
                words = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
                yield self._between(first, second, *words)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                yield self._between(left, right, *OPERATORS[type(operator)])
            case ast.UnaryOp(op=ast.Not()):
                begin = self._at(node)[0]
                yield begin, begin + len("not"), ""
            case ast.Constant(value=bool() as value):
                yield *self._at(node), str(not value)
            case ast.Constant(value=int() | float() as value):
                yield *self._at(node), _other_number(value)
            case ast.Expr(value=ast.Call() | ast.Await()):
                yield *self._at(node), "pass"
            case ast.ExceptHandler(type=ast.expr() as caught) if ast.unparse(caught) != "Exception":
                yield *self._at(caught), "Exception"
        if isinstance(node, ast.If | ast.IfExp) and ast.unparse(node.test) not in ("TYPE_CHECKING", "False"):
            yield *self._at(node.test), "False"

    def _between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> tuple[int, int, str]:
        begin, end = self._at(left)[1], self._at(right)[0]
        at = self._text.index(old.encode(), begin, end)
        return at, at + len(old), new

    def _at(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin = self._lines[node.lineno - 1] + node.col_offset
        return begin, self._lines[node.end_lineno - 1] + node.end_col_offset


def _other_number(value: float) -> str:
    if isinstance(value, int):
        return str(value + 1)
    return repr(value * 1.25) if value else "1.0"


def _is_silent(node: ast.AST) -> bool:
    """Return whether a node only writes to the log, asserts, or is for type checkers."""
    if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom | ast.AnnAssign) and not getattr(
        node, "value", None
    ):
        return True
    call = node.value if isinstance(node, ast.Expr) else None
    text = ast.unparse(call) if isinstance(call, ast.Call) else ""
    return text.startswith(("_LOGGER.", "contextlib.suppress"))

#!/usr/bin/env python3
"""Checks the rules of the source tree that no compiler checks; runs as a test.

Who may include whom, which file may use which library, file lengths, forbidden words, and that
every source is named in a CMakeLists.txt. Prints each offence as `file:line: message` and exits
with 1 if there is any. Usage: check_layers.py [ROOT]
"""

import pathlib
import re
import sys

# A layer may include itself and what stands here; a folder without an entry may not be included
# from or hold sources.
LAYERS = {
    "sim/core": [],
    "models": ["sim/core"],
    "sim/network": ["models", "sim/core"],
    "sim/engine": ["sim/network", "models", "sim/core"],
    "sim/train": ["sim/network", "models", "sim/core"],
    "sim/io": ["sim/network", "sim/core"],
    "encoders": ["sim/core"],
    "datasets": ["sim/core"],
}
LIBRARY_LAYERS = list(LAYERS)
LAYERS["experiments"] = LIBRARY_LAYERS
LAYERS["tools"] = LIBRARY_LAYERS + ["experiments"]
LAYERS["tests"] = LIBRARY_LAYERS + ["experiments", "tools"]

# Header prefix -> files that may include it; the first matching prefix counts.
LIBRARIES = [
    ("yaml-cpp/", r"sim/network/config_(node|tree)\.[ch]pp"),
    ("boost/graph/", r"sim/network/graph\.cpp"),
    ("boost/program_options", r"tools/.*"),
    ("boost/", r"sim/network/graph\.cpp"),
    ("hdf5", r"(sim|tests/sim)/io/.*"),
    ("H5", r"(sim|tests/sim)/io/.*"),
    ("nlohmann/", r"(tests/)?tools/.*|tests/encoders/.*"),
    ("zlib.h", r"(tests/)?datasets/.*|tools/report/block\.cpp|tests/tools/report_page\.cpp"),
    ("lz4", r"datasets/unpack\.cpp|tests/datasets/.*"),
    ("zstd", r"datasets/unpack\.cpp|tests/datasets/.*"),
    ("zip.h", r"datasets/(zip_member|unzip)\.cpp|tests/datasets/unzip_test\.cpp"),
    ("curl/", r"datasets/http_get\.cpp"),
    ("openssl/", r"datasets/checksum\.cpp"),
    ("png.h", r"tools/sample_png\.cpp"),
    ("Random123/", r"(tests/)?sim/core/.*"),
    ("doctest/", r"tests/.*"),
]

MOST_LINES = 400
SOURCE_ENDINGS = {".cpp", ".hpp"}
TEXT_ENDINGS = SOURCE_ENDINGS | {".py", ".cmake", ".yaml", ".md", ".txt", ".bash", ".js", ".css", ".html"}
# Written in two parts, so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
# Functions whose bits depend on the C library, and flags that change bits.
INEXACT = re.compile(
    r"\bstd::(?:tanh|sinh|cosh|expm1|exp2?|log(?:2|10|1p)?|pow|sin|cos|tan)\s*\("
    r"|-ff" r"ast-math|-fun" r"safe-math|-Of" r"ast|\bstd::\w+_distribution\b"
)
EXACT_FOLDERS = ("sim/", "models/", "encoders/", "datasets/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path):
    """The layer that a path belongs to, or None."""
    matches = [layer for layer in LAYERS if path.startswith(layer + "/")]
    return max(matches, key=len, default=None)


def without_comment(line):
    return line.split("//", 1)[0]


class Checker:
    def __init__(self, root):
        self.root = root
        self.offences = []
        self.listings = [file.read_text() for file in self.files() if file.name == "CMakeLists.txt"]

    def report(self, path, line, message):
        self.offences.append(f"{path}:{line}: {message}")

    def files(self):
        for top in sorted({layer.split("/")[0] for layer in LAYERS}):
            for file in sorted((self.root / top).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    yield file

    def exists(self, path, header):
        """Headers are named from the root; tests also from tests/ and from their own folder."""
        places = [self.root]
        if path.startswith("tests/"):
            places += [self.root / "tests", (self.root / path).parent]
        return any((place / header).is_file() for place in places)

    def check_include(self, path, number, quote, header):
        own = layer_of(path)
        if quote == '"':
            target = layer_of(header)
            if not self.exists(path, header):
                self.report(path, number, f'"{header}" is no file below the root')
            elif target and target != own and target not in LAYERS[own]:
                self.report(path, number, f"{own} may not include {target} ({header})")
            return
        for prefix, allowed in LIBRARIES:
            if header.startswith(prefix):
                if not re.fullmatch(allowed, path):
                    self.report(path, number, f"<{header}> may be included by {allowed} only")
                return

    def check_lines(self, path, lines, is_source):
        if len(lines) > MOST_LINES:
            self.report(path, MOST_LINES + 1, f"{len(lines)} lines, more than {MOST_LINES}")
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                self.report(path, number, "unfinished work belongs into an issue")
            code = without_comment(line) if is_source else line
            if path.startswith(EXACT_FOLDERS) and INEXACT.search(code):
                self.report(path, number, f"not the same bits everywhere: {code.strip()}")
            include = INCLUDE.match(line) if is_source else None
            if include:
                self.check_include(path, number, *include.groups())

    def check_listed(self, file, path):
        """Every .cpp is named in the CMakeLists.txt of its folder or of one above, or in any
        one by its path from the root."""
        for folder in file.parents:
            listing = folder / "CMakeLists.txt"
            if listing.is_file():
                name = re.escape(file.relative_to(folder).as_posix())
                if re.search(rf"(?<![\w.-]){name}(?![\w.-])", listing.read_text()):
                    return
            if folder == self.root:
                break
        if any("${PROJECT_SOURCE_DIR}/" + path in text for text in self.listings):
            return
        self.report(path, 1, "is named in no CMakeLists.txt")

    def run(self):
        for file in self.files():
            path = file.relative_to(self.root).as_posix()
            if file.suffix not in TEXT_ENDINGS and file.suffix:
                continue
            is_source = file.suffix in SOURCE_ENDINGS
            if is_source and layer_of(path) is None:
                self.report(path, 1, "belongs to no layer")
                continue
            self.check_lines(path, file.read_text(encoding="utf-8").splitlines(), is_source)
            if file.suffix == ".cpp":
                self.check_listed(file, path)
        return self.offences


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here
    offences = Checker(root).run()
    for offence in offences:
        print(offence)
    if offences:
        print(f"{len(offences)} offence{'s' if len(offences) != 1 else ''}")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())

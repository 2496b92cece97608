#!/usr/bin/env python3
"""An HTTP server with faults, for tests. Usage: flaky_server.py FOLDER LOG

Serves FOLDER/NAME as /BEHAVIOUR/NAME on a free port of 127.0.0.1, which it prints. Before the
contents of an answer go out, LOG gets a line `BEHAVIOUR/NAME STATUS FIRST BYTES`: BYTES are those
that will be sent of the file, from FIRST on.
"""

import http.server
import pathlib
import re
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
LOG = open(sys.argv[2], "a", encoding="utf-8")
LOCK = threading.Lock()
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in.</body></html>\n"
CHUNK = 1 << 14
dropped = set()


def log(line):
    with LOCK:
        LOG.write(line + "\n")
        LOG.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def range_start(self, size):
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if not match:
            return None
        return min(int(match.group(1)), size)

    def answer(self, status, body, first=0, total=None, length=True, planned=None):
        count = len(body) if planned is None else planned
        log(f"{self.path[1:]} {status} {first} {count}")
        self.send_response(status)
        if status in (206, 416):
            last = f"{first}-{first + len(body) - 1}" if status == 206 else "*"
            self.send_header("Content-Range", f"bytes {last}/{total}")
        if length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()

    def send(self, body):
        for at in range(0, len(body), CHUNK):
            self.wfile.write(body[at : at + CHUNK])
        self.wfile.flush()

    def do_GET(self):
        try:
            self.respond()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def respond(self):
        behaviour, name = self.path[1:].split("/", 1)
        file = FOLDER / name
        whole = file.read_bytes() if file.is_file() else b""
        start = None if behaviour.startswith("no-range") else self.range_start(len(whole))
        if behaviour in ("404", "500", "503"):
            self.answer(int(behaviour), PAGE)
            return self.send(PAGE)
        if behaviour == "html":
            self.answer(200, PAGE)
            return self.send(PAGE)
        if behaviour == "to-file":
            self.send_response(302)
            self.send_header("Location", file.as_uri())
            return self.end_headers()
        if behaviour == "to-clean":
            self.send_response(302)
            self.send_header("Location", f"/clean/{name}")
            return self.end_headers()
        if behaviour == "wrong":
            whole = whole[:-1] + bytes([whole[-1] ^ 1])
        if behaviour in ("more", "announces-more"):
            whole += b"x" * 1000
        if start is not None and start >= len(whole):
            return self.answer(416, b"", total=len(whole))
        body = whole[start or 0 :]
        status = 200 if start is None else 206
        sent = body
        once = behaviour.endswith("-once") and self.path not in dropped
        if once or behaviour in ("always-drops", "stalls"):
            dropped.add(self.path)
            sent = body[: (len(body) + 1) // 2]
        length = behaviour not in ("more", "short-once")
        self.answer(status, body, start or 0, len(whole), length, len(sent))
        self.send(sent)
        if behaviour == "stalls":
            time.sleep(20)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


def main():
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

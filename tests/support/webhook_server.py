#!/usr/bin/env python3
"""An HTTPS server for the tests of the outbox.

webhook_server.py DIR SCRIPT: makes a certificate in DIR (ca.pem), writes its
port to DIR/port, and appends each request as a line to DIR/requests.jsonl
before it answers. SCRIPT is a list of answers, "500,429:1,200": the status and
Retry-After of the first, the second, ...; the last one goes for all that
follow. "slow" waits and never answers, "drop" closes the connection.
"""

import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
import time

folder, script = sys.argv[1], sys.argv[2].split(",")
lock = threading.Lock()
served = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global served
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            answer = script[min(served, len(script) - 1)]
            served += 1
            with open(f"{folder}/requests.jsonl", "a") as log:
                log.write(json.dumps({
                    "path": self.path, "at": time.time(),
                    "answer": answer,
                    "headers": {k.lower(): v
                                for k, v in self.headers.items()},
                    "body": body.decode()}) + "\n")
        if answer == "slow":
            time.sleep(60)
            return
        if answer == "drop":
            self.close_connection = True
            return
        status, _, after = answer.partition(":")
        self.send_response(int(status))
        if after:
            self.send_header("Retry-After", after)
        if status == "302":
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


if not os.path.exists(f"{folder}/ca.pem"):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", f"{folder}/server.key", "-out", f"{folder}/ca.pem"],
        check=True, stderr=subprocess.DEVNULL)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/ca.pem", f"{folder}/server.key")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(f"{folder}/port.new", "w") as out:
    out.write(str(server.server_address[1]))
os.rename(f"{folder}/port.new", f"{folder}/port")
server.serve_forever()

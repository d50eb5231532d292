"""Redis' protocol, as much of it as tests ask."""

import socket


def ask(port, *words, username=None, password=None, timeout=20):
    """
    One command on a connection of its own: str, int, None or a list of them; an error reply is a RuntimeError. `timeout`:
    seconds that a busy machine may need; who asks somebody that may be frozen says less, and takes the OSError.
    """
    with socket.create_connection(("127.0.0.1", port), timeout) as s, s.makefile("rb") as f:
        if password:
            s.sendall(encoded("AUTH", *([username] if username else []), password))
            decoded(f)
        s.sendall(encoded(*words))
        return decoded(f)


def encoded(*words):
    parts = [w if isinstance(w, bytes) else str(w).encode() for w in words]
    return b"".join([b"*%d\r\n" % len(parts)] + [b"$%d\r\n%s\r\n" % (len(p), p) for p in parts])


def decoded(f):
    line = f.readline().rstrip(b"\r\n").decode()
    if not line:
        raise ConnectionError("it has hung up")
    kind, rest = line[0], line[1:]
    if kind == "-":
        raise RuntimeError(rest)
    if kind == ":":
        return int(rest)
    if kind == "$":
        return None if rest == "-1" else f.read(int(rest) + 2)[:-2].decode(errors="replace")
    if kind == "*":
        return None if rest == "-1" else [decoded(f) for _ in range(int(rest))]
    return rest

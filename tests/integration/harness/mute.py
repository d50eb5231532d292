"""A peer that takes connections and says nothing."""

import socket
import threading


class Mute:
    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.held = []
        threading.Thread(target=self.run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run(self):
        try:
            while True:
                self.held.append(self.socket.accept()[0])
        except OSError:
            pass

    @property
    def url(self):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def close(self):
        self.socket.close()
        for one in self.held:
            one.close()

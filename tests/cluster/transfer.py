"""Sends bytes through TCP, for cluster_digest_test.sh.

transfer.py receive PORT           accepts one connection, and answers when it has ended
transfer.py send HOST PORT BYTES   prints the seconds until the answer
"""
import socket
import sys
import time


def receive(port):
    with socket.create_server(("", int(port))) as server:
        connection, _ = server.accept()
        with connection:
            while connection.recv(1 << 16):
                pass
            connection.sendall(b"!")


def send(host, port, count):
    with socket.create_connection((host, int(port))) as connection:
        start = time.monotonic()
        connection.sendall(bytes(int(count)))
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        print(time.monotonic() - start)


{"receive": receive, "send": send}[sys.argv[1]](*sys.argv[2:])

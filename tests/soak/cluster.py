"""A virtual cluster (cluster/README.md) whose links and nodes a soak cuts."""

import os
import subprocess

NODES = ["n1", "n2", "n3"]


class Cluster:
    """Starts the cluster; its hosts share `folder` and the copy of the project in it."""

    def __init__(self, project, folder):
        self.commands = project / "cluster"
        own = folder / "cluster"
        own.mkdir()
        # Processes on the hosts get variables that begin so.
        self.environment = {"LOCKSTEP_CLUSTER": str(own)}
        self.repairs = []
        self.run("up", "-n", len(NODES), "-s", folder)

    def run(self, command, *arguments):
        subprocess.run([str(part) for part in [self.commands / command, *arguments]], check=True, timeout=120,
                       env=dict(os.environ, **self.environment), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def cut_link(self, node):
        self.repairs.append(("link", node, "on"))
        self.run("link", node, "off")

    def cut_power(self, node):
        self.repairs.append(("power-on", node))
        self.run("power-off", node)

    def repair(self):
        """Undoes all cuts."""
        while self.repairs:
            self.run(*self.repairs.pop())

    def down(self):
        self.run("down")


def available(project):
    """Why there can be no cluster here; None when there can."""
    check = subprocess.run([project / "cluster/up", "--check"], capture_output=True, text=True,
                           stdin=subprocess.DEVNULL)
    return None if check.returncode == 0 else check.stdout + check.stderr

"""Tries out a finished image, from inside: that it holds what was asked for, and that its service answers.

usage: python verify.py < REQUEST
       python verify.py serve MODULE:APPLICATION PORT

REQUEST is a JSON object, written by stx-build:

    pip            file of a wheel of pip (the image's own may have been removed)
    distributions  [{"name", "version"?}] that must be installed
    packages       [name] of Debian that must be installed
    absent         {"distributions": [name], "packages": [name]} that must not be
    setup          [command] of the shell that must succeed, in their order
    scripts        [distribution] whose console scripts must answer --help or --version
    skip           [script] of these that cannot
    loads          [distribution] whose console scripts should be importable; a warning when one is not
    service        {"start": command or null, "wsgi": "module:application" or null, "port" or null, "method", "path",
                    "status", "json": [{"path", "value"}], "seconds"}, or null

Commands of the shell find a free port of 127.0.0.1 in $PORT, or the one that was asked for.

The last line of standard output is `{"checks": [{"check", "status": "passed|failed|warning", "seconds", "detail"}],
"inventory": {"packages": {name: version}, "distributions": {name: version}}}`: what is installed, of Debian and in the
environment.
The exit code is 0 when the checks were made, whatever they found.

Only Python's own library is used: the image has no other for this.
"""

import concurrent.futures
import contextlib
import http.client
import importlib
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from wsgiref import simple_server

COMMAND_SECONDS = 120
STOP_SECONDS = 3
DIE_SECONDS = 30
FIRST_PORT = 10000
LAST_PORT = 65000
PORTS_TRIED = 100
OUTPUT_KEPT = 4000
# Where packages of Debian have their distributions; what is installed by other means is in /usr/local.
DEBIANS = "/usr/lib/python3/dist-packages"
# A complaint of pip check, and the name of the distribution that it is about.
COMPLAINT = re.compile(
    r"^(?:Error parsing dependencies of ([\w.-]+):|([\w.-]+) \S+ (?:requires|has requirement|is not supported)\b).*$",
    re.MULTILINE,
)


class Failure(Exception):
    """A check that did not pass; the text says why."""


class Doubt(Failure):
    """What may be wrong, or may only need a configuration that is not there: a warning."""


def tail(text):
    """The end of an output, which is where programs say what went wrong."""
    text = text.strip()
    return text if len(text) <= OUTPUT_KEPT else "[...] " + text[-OUTPUT_KEPT:]


def normalize(name):
    """A distribution's name as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def members(group):
    """The processes of a group that still run: those that have ended and that nobody asks for are not among them."""
    running = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            # It may end while it is looked at.
            with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{entry.name}/stat") as file:
                # The second field is the program's name in parentheses, which may have anything in it.
                state, _, number = file.read().rpartition(")")[2].split()[:3]
                if int(number) == group and state not in "ZX":
                    running.append(int(entry.name))
    return running


def stop(process):
    """Ends a process with all of its group, and waits until the last of them is gone."""
    # Killed is also who gets a processor once more: on a busy machine that takes its time.
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, DIE_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        deadline = time.monotonic() + seconds
        while (process.poll() is None or members(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.02)


def run(argv, folder, env=None, seconds=COMMAND_SECONDS):
    """Runs a program to its end; gives its exit code (None when it took too long) and its output."""
    # A file, not a pipe: a pipe stays open for as long as something the program left behind holds it.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            stop(process)
        output.seek(0)
        return code, output.read().decode(errors="replace")


def how_ended(code):
    """How a program ended that did not end with 0."""
    return f"took longer than {COMMAND_SECONDS} s" if code is None else f"ended with exit code {code}"


def must_run(argv, folder, env=None):
    """Runs a program that must end with 0."""
    code, output = run(argv, folder, env)
    if code != 0:
        raise Failure(f"{how_ended(code)}\n{tail(output)}")
    return output


class Checks:
    """The checks made so far, each with its outcome."""

    def __init__(self):
        self.made = []

    def make(self, name, check, *arguments, failure="failed"):
        """Makes one check; says whether it passed."""
        start = time.monotonic()
        try:
            detail = check(*arguments) or ""
            status = "passed"
        except Doubt as problem:
            detail, status = str(problem), "warning"
        except Failure as problem:
            detail, status = str(problem), failure
        except Exception as problem:  # whatever it is, the other checks are still to be made
            detail, status = f"{type(problem).__name__}: {problem}", failure
        self.made.append(
            {"check": name, "status": status, "seconds": round(time.monotonic() - start, 3), "detail": detail}
        )
        print(f"{status}: {name}" + (f"\n{detail}" if status != "passed" and detail else ""), file=sys.stderr)
        return status == "passed"


def own_distributions():
    """The distributions of the image's own environment; Debian's packages may bring some that it sees too."""
    seen = [found for found in metadata.distributions() if found.metadata["Name"] is not None]
    return [found for found in seen if str(found.locate_file("")).startswith(sys.prefix + os.sep)]


def is_debians(name):
    """Whether the distribution that the environment finds under a name is one of a package of Debian."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        return str(metadata.distribution(name).locate_file("")).startswith(DEBIANS)
    return False


def check_requirements(pip, folder):
    """
    pip check: each distribution has what it requires. What those of Debian's packages need is Debian's to say, in names
    that pip does not know (tzdata) and with patches instead of versions, so that a complaint about one is only a doubt.
    """
    code, output = run([sys.executable, "-m", "pip", "check"], folder, {**os.environ, "PYTHONPATH": pip})
    if code == 0:
        return
    complaints = {found[0]: found[1] or found[2] for found in COMPLAINT.finditer(output)}
    serious = [line for line, name in complaints.items() if not is_debians(name)]
    if complaints and not serious:
        raise Doubt("by the metadata of Debian's packages, " + "\n".join(complaints))
    raise Failure("\n".join([how_ended(code), *(serious or [tail(output)])]))


def check_distribution(wanted):
    """A distribution is installed, in the version that was asked for."""
    try:
        found = metadata.version(wanted["name"])
    except metadata.PackageNotFoundError:
        raise Failure("not installed") from None
    version = wanted.get("version")
    if version is not None and found != version:
        raise Failure(f"version {found} is installed, not {version}")
    return found


def check_no_distribution(name):
    """A distribution is not in the image's own environment (Debian's packages may bring theirs)."""
    for found in own_distributions():
        if normalize(found.metadata["Name"]) == normalize(name):
            raise Failure(f"version {found.version} is still installed")


def system_packages():
    """The names of the installed packages of Debian, and those they provide."""
    shown = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status}\t${Package}\t${Provides}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    real, provided = set(), set()
    for line in shown.splitlines():
        status, name, provides = line.split("\t")
        if status == "installed":
            real.add(name)
            provided.update(word.split()[0].split(":")[0] for word in provides.split(",") if word.strip())
    return real, provided


def check_package(name, installed):
    """A package of Debian is installed, or one that provides it."""
    real, provided = installed
    if name not in real and name not in provided:
        raise Failure("not installed")


def check_no_package(name, installed):
    """A package of Debian is not installed."""
    if name in installed[0]:
        raise Failure("still installed")


def console_scripts(distribution):
    """The console scripts of a distribution, by name."""
    points = metadata.distribution(distribution).entry_points
    return {point.name: point for point in points if point.group == "console_scripts"}


def check_script(name, folder):
    """A console script answers --help, or else --version; or refuses in words of its own, without a traceback."""
    file = os.path.join(sys.prefix, "bin", name)
    if not os.access(file, os.X_OK):
        raise Failure(f"{file} is not there, or is not executable")
    answers = []
    crashed = False
    for option in ("--help", "--version"):
        code, output = run([file, option], folder)
        if code == 0:
            return option
        crashed = crashed or code is None or code < 0 or "Traceback (most recent call last)" in output
        ended = f"no answer in {COMMAND_SECONDS} s" if code is None else f"exit code {code}"
        answers.append(f"{name} {option}: {ended}\n{tail(output)}")
    raise (Failure if crashed else Doubt)("\n".join(answers))


def check_loads(point, folder):
    """What a console script calls can be imported."""
    program = "import sys; from importlib.metadata import EntryPoint; EntryPoint(*sys.argv[1:]).load()"
    must_run([sys.executable, "-c", program, point.name, point.value, point.group], folder)


def check_content(request, checks, folder):
    """All that can be said without starting the service."""
    checks.make("requirements of all distributions", check_requirements, request["pip"], folder)
    for wanted in request["distributions"]:
        checks.make(f"distribution {wanted['name']}", check_distribution, wanted)
    for name in request["absent"]["distributions"]:
        checks.make(f"no distribution {name}", check_no_distribution, name)
    if request["packages"] or request["absent"]["packages"]:
        installed = system_packages()
        for name in request["packages"]:
            checks.make(f"package {name}", check_package, name, installed)
        for name in request["absent"]["packages"]:
            checks.make(f"no package {name}", check_no_package, name, installed)


def check_scripts(request, checks, folder):
    """The console scripts. The first one alone, since it compiles what the others import; those several at once."""
    skip = set(request["skip"])
    jobs = []
    for distribution in request["scripts"]:
        with contextlib.suppress(metadata.PackageNotFoundError):  # has failed as a distribution
            for name in sorted(set(console_scripts(distribution)) - skip):
                jobs.append((f"script {name}", check_script, name, "failed"))
    for distribution in request["loads"]:
        with contextlib.suppress(metadata.PackageNotFoundError):
            for name, point in sorted(console_scripts(distribution).items()):
                if not point.extras:
                    jobs.append((f"script {name} loads", check_loads, point, "warning"))

    def make(job):
        name, check, subject, failure = job
        checks.make(name, check, subject, folder, failure=failure)

    for job in jobs[:1]:
        make(job)
    with concurrent.futures.ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(make, jobs[1:]))


def free_port():
    """
    A port that nothing listens on, out of those that are given to nobody who does not ask for them: the others may
    become the near end of somebody's connection until the service starts.
    """
    first, last = 32768, 60999
    with contextlib.suppress(OSError, ValueError), open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        first, last = map(int, file.read().split())
    asked_for = [port for port in range(FIRST_PORT, LAST_PORT + 1) if not first <= port <= last]
    # Where all are given out, it is any of them.
    for port in [*random.sample(asked_for, min(PORTS_TRIED, len(asked_for))), 0]:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return probe.getsockname()[1]
    raise Failure("there is no free port")


def value_at(document, path):
    """What a dotted path leads to in a JSON document; numbers are places in lists."""
    for word in path.split("."):
        try:
            document = document[int(word)] if isinstance(document, list) else document[word]
        except (KeyError, IndexError, ValueError, TypeError):
            raise Failure(f"the answer has no {path}") from None
    return document


def check_value(body, path, expected):
    """A value of the answer is what is expected; a `*` at the end of that stands for any rest."""
    try:
        document = json.loads(body)
    except ValueError:
        raise Failure(f"the answer is not JSON: {tail(body)}") from None
    found = value_at(document, path)
    shown = found if isinstance(found, str) else json.dumps(found)
    if shown != expected and not (expected.endswith("*") and shown.startswith(expected[:-1])):
        raise Failure(f"{path} is {shown}, not {expected}")
    return shown


def ask(service, port, process, log):
    """Sends the request as soon as something listens; gives status and body."""
    deadline = time.monotonic() + service["seconds"]
    said = "nothing listened"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failure(f"`{service['start'] or service['wsgi']}` ended with exit code {process.returncode}\n{log()}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=max(1, deadline - time.monotonic()))
        try:
            connection.request(service["method"], service["path"])
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as problem:
            said = str(problem) or type(problem).__name__
            time.sleep(0.2)
        finally:
            connection.close()
    raise Failure(f"no answer on port {port} in {service['seconds']} s: {said}\n{log()}")


def run_setup(commands, checks, folder, env):
    """Runs the set-up commands; says whether all of them succeeded. The first failure ends them."""

    def run_line(line):
        must_run(["/bin/bash", "-ec", line], folder, env)

    return all(checks.make(f"setup: {command}", run_line, command) for command in commands)


def command_of(service, port):
    """The program that serves: the command, or for a WSGI application uwsgi, where the image has none Python's server."""
    if service["start"]:
        return ["/bin/bash", "-ec", service["start"]]
    uwsgi = os.path.join(sys.prefix, "bin", "uwsgi")
    if os.access(uwsgi, os.X_OK):
        options = ["--module", service["wsgi"], "--virtualenv", sys.prefix, "--enable-threads", "--die-on-term"]
        return [uwsgi, "--http-socket", f"127.0.0.1:{port}", *options]
    return [sys.executable, os.path.abspath(__file__), "serve", service["wsgi"], str(port)]


def serve(wsgi, port):
    """Serves a WSGI application for as long as nobody ends it."""
    # The application is to find neither this file nor arguments that it would take for its own.
    del sys.path[0]
    del sys.argv[1:]
    module, _, name = wsgi.partition(":")
    application = getattr(importlib.import_module(module), name)
    simple_server.make_server("127.0.0.1", port, application).serve_forever()


def check_service(service, port, checks, folder, env):
    """Starts the service, asks it, and stops it."""
    with tempfile.TemporaryFile() as output:

        def log():
            output.seek(0)
            return tail(output.read().decode(errors="replace"))

        process = subprocess.Popen(
            command_of(service, port),
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        answered = []

        def check_status():
            status, body = ask(service, port, process, log)
            if status != service["status"]:
                raise Failure(f"status {status}, not {service['status']}\n{tail(body)}\n{log()}")
            answered.append(body)
            return str(status)

        try:
            if checks.make(f"{service['method']} {service['path']}", check_status):
                for value in service["json"]:
                    checks.make(f"JSON {value['path']}", check_value, answered[0], value["path"], value["value"])
        finally:
            stop(process)


def take_inventory():
    """What is installed, by name with its version: the packages of Debian, and the distributions of the environment."""
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}\t${binary:Package}\t${Version}\n"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout if shutil.which("dpkg-query") else ""
    lines = [line.split("\t") for line in shown.splitlines()]
    return {
        "packages": {name: version for status, name, version in sorted(lines) if status == "installed"},
        "distributions": dict(sorted((normalize(found.metadata["Name"]), found.version) for found in own_distributions())),
    }


def main():
    request = json.load(sys.stdin)
    service = request["service"]
    port = (service and service["port"]) or free_port()
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "PORT": str(port), "HOME": folder}
        check_content(request, checks, folder)
        ready = run_setup(request["setup"], checks, folder, env)
        check_scripts(request, checks, folder)
        if service and ready:
            check_service(service, port, checks, folder, env)
    print(json.dumps({"checks": checks.made, "inventory": take_inventory()}), flush=True)


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    serve(sys.argv[2], int(sys.argv[3]))
elif __name__ == "__main__":
    # Asked to end, it ends what it has started, on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    main()

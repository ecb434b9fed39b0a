"""Builds and starts servers of other gRPC implementations; what a machine has no tools for is left out.

Debian: apt-get install libgrpc++-dev protobuf-compiler-grpc golang-go golang-google-grpc-dev golang-goprotobuf-dev
Node.js: its packages are installed by npm, once.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROTOS = HERE / "protos"
BUILT = HERE.parents[1] / "build" / "interoperability"
GO_LIBRARIES = Path("/usr/share/gocode")
PROTO_FILES = ("wirelens/interop/v1/item.proto", "wirelens/interop/v1/interop.proto")


class MissingToolsError(Exception):
    """What this machine lacks, in a sentence."""


def command(implementation: str) -> list[str]:
    """The command that starts the server, built first where its sources changed.

    Raises:
        MissingToolsError: the tools to build it are not on this machine.
    """
    return {"node": _node, "cpp": _cpp, "go": _go}[implementation]()


@contextlib.contextmanager
def running(implementation: str) -> Iterator[str]:
    """The address of a started server, stopped at the end."""
    process = subprocess.Popen(command(implementation), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            yield json.loads(process.stdout.readline())["address"]
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _node() -> list[str]:
    _need("node", "npm")
    folder = _folder("node", HERE / "node" / "package.json")
    if not (folder / "node_modules").is_dir():
        shutil.copy(HERE / "node" / "package.json", folder)
        _run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"], folder)
    # The server looks for its packages beside itself, so it runs from a copy.
    shutil.copy(HERE / "node" / "server.js", folder)
    shutil.copytree(PROTOS, folder.parent / "protos", dirs_exist_ok=True)
    return ["node", str(folder / "server.js")]


def _cpp() -> list[str]:
    _need("g++", "protoc", "grpc_cpp_plugin", "pkg-config")
    folder = _folder("cpp", HERE / "cpp" / "server.cc", *PROTOS.rglob("*.proto"))
    program = folder / "server"
    if not program.exists():
        plugin = shutil.which("grpc_cpp_plugin")
        _run(
            [
                "protoc",
                f"-I{PROTOS}",
                f"--cpp_out={folder}",
                f"--grpc_out={folder}",
                f"--plugin=protoc-gen-grpc={plugin}",
                *PROTO_FILES,
            ],
            folder,
        )
        flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "grpc++", "protobuf"], text=True).split()
        sources = [str(path) for path in folder.rglob("*.cc")]
        library = ["-Wl,--no-as-needed", "-lgrpc++_reflection", "-Wl,--as-needed"]
        compile_ = ["g++", "-std=c++17", "-O1", f"-I{folder}", str(HERE / "cpp" / "server.cc")]
        _run([*compile_, *sources, *library, *flags, "-o", str(program)], folder)
    return [str(program)]


def _go() -> list[str]:
    _need("go", "protoc")
    if not (GO_LIBRARIES / "src" / "google.golang.org" / "grpc" / "reflection").is_dir():
        raise MissingToolsError("Go's gRPC library is not installed")
    folder = _folder("go", HERE / "go" / "server.go", *PROTOS.rglob("*.proto"))
    program = folder / "server"
    if not program.exists():
        environment = {
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": f"{folder}:{GO_LIBRARIES}",
            "GOCACHE": str(folder / "cache"),
            "GOFLAGS": "",
        }
        plugin = folder / "protoc-gen-go"
        _run(["go", "build", "-o", str(plugin), "github.com/golang/protobuf/protoc-gen-go"], folder, environment)
        generated = folder / "src"
        generated.mkdir(exist_ok=True)
        # Debian's plugin is older than its protoc, whose own files name packages that it does not have.
        timestamp = "Mgoogle/protobuf/timestamp.proto=github.com/golang/protobuf/ptypes/timestamp"
        output = f"--go_out=plugins=grpc,{timestamp}:{generated}"
        _run(["protoc", f"-I{PROTOS}", f"--plugin={plugin}", output, *PROTO_FILES], folder)
        _run(["go", "build", "-o", str(program), str(HERE / "go" / "server.go")], folder, environment)
    return [str(program)]


def _need(*tools: str) -> None:
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        raise MissingToolsError(f"{', '.join(missing)} not found")


def _folder(name: str, *sources: Path) -> Path:
    """A folder of its own for this state of the sources."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()[:12]
    folder = BUILT / f"{name}-{digest}" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(arguments: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingToolsError(f"{arguments[0]} failed: {(done.stderr or done.stdout)[-2000:]}")

"""The verb that runs the bundled demo servers in the foreground."""

import argparse

from wirelens.engine.demo_servers import DEMO_NAMES
from wirelens.engine.errors import UsageError


async def demo(options: argparse.Namespace) -> int:
    """Serves the named demos, all where none is named, until SIGINT or SIGTERM."""
    unknown = [name for name in options.names if name not in DEMO_NAMES]
    if unknown:
        raise UsageError(f"there is no demo {unknown[0]!r}", next_step=f"the demos are {', '.join(DEMO_NAMES)}")
    if len(set(options.names)) != len(options.names):
        raise UsageError("a demo is named twice")
    if options.openai_model and not options.openai_url:
        raise UsageError("--openai-model names a model of an endpoint", next_step="give --openai-url URL as well")
    from wirelens.demos.serving import serve

    return await serve(
        tuple(options.names) or DEMO_NAMES,
        first_port=options.port,
        end_with_stdin=options.end_with_stdin,
        openai_url=options.openai_url,
        openai_model=options.openai_model,
    )

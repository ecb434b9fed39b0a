"""A statistical language model, small but real: what the llm demo answers from when no endpoint is named."""

"""Values that mean something, by the name and type of the field they are for."""

import re
from collections.abc import Sequence

Words = Sequence[str | int | float]

# The first pattern that matches the field's name decides; () leaves the field unset, since any value would be wrong.
_TEXTS: tuple[tuple[str, Words], ...] = (
    (r"(.*_)?(token|cursor|etag|secret|password|passphrase|api_key|credentials?|signature)", ()),
    (r"filter|order_by|sort(_by)?|where|stop|(.*_)?(checksum|md5|sha(1|256|512)?|digest|hash)", ()),
    (r".*e?_?mail(_address)?", ("ada@example.com", "grace@example.org", "alan@example.net")),
    (r"(first|given|fore)_?name", ("Ada", "Grace", "Alan")),
    (r"(last|family|sur)_?name|surname", ("Lovelace", "Hopper", "Turing")),
    (r"user_?name|login|handle|nick_?name", ("ada", "grace", "alan")),
    (r"(display|full|real|person|customer|owner|contact|user)_name|author|sender|recipient", (
        "Ada Lovelace", "Grace Hopper", "Alan Turing")),
    (r"(file|document|object|blob)_?name|file", ("notes.txt", "report.pdf", "photo.jpg")),
    (r"(host|domain|server)_?(name)?", ("example.com", "example.org", "localhost")),
    (r"(bucket|dataset|table|topic|queue|project|cluster|namespace|database)(_name)?", ("example", "sample", "demo")),
    (r"service(_name)?", ("example.v1.ExampleService",)),
    (r"(device|room|channel|group|team|tag|label|category|genre)(_name)?", ("blue", "green", "amber")),
    (r"(company|organi[sz]ation)(_name)?", ("Analytical Engines Ltd", "Bombe & Co", "Harbour Works")),
    (r"name", ("Ada Lovelace", "Grace Hopper", "Alan Turing")),
    (r".*phone(_number)?|mobile|fax", ("+44 20 7946 0018", "+1 202 555 0143", "+49 30 901820")),
    (r"country_code|region_code", ("GB", "US", "DE")),
    (r"country", ("United Kingdom", "United States", "Germany")),
    (r"(post(al)?|zip)_?(code)?", ("SW1Y 4JU", "10001", "10117")),
    (r"city|town|locality", ("London", "New York", "Berlin")),
    (r"(street|address)(_?line)?_?\d?|address", ("12 St James's Square", "350 Fifth Avenue", "Unter den Linden 77")),
    (r"state|province|region|administrative_area", ("England", "New York", "Berlin")),
    (r"location|place", ("London", "New York", "Berlin")),
    (r".*(url|uri|href|link|website|homepage)", ("https://example.com/", "https://example.org/a", "https://example.net/b")),
    (r".*ip(_?address)?|ip_?v4.*", ("192.0.2.10", "198.51.100.7", "203.0.113.42")),
    (r".*mac_address", ("00:00:5e:00:53:01", "00:00:5e:00:53:2a", "00:00:5e:00:53:7f")),
    (r".*(path|directory|folder)", ("notes/engine.txt", "photos/2026", "reports/q1.pdf")),
    (r"(mime|media|content)_?type", ("text/plain", "application/json", "image/png")),
    (r".*(language|locale)(_code)?", ("en-GB", "en-US", "de-DE")),
    (r".*time_?zone", ("Europe/London", "America/New_York", "Europe/Berlin")),
    (r".*currency(_code)?", ("GBP", "USD", "EUR")),
    (r".*colou?r", ("#3366cc", "#339966", "#cc6633")),
    (r".*(uuid|guid)|request_id|idempotency_key|trace_id|correlation_id", (
        "6f1c2b7e-0f4d-4c1a-9a55-0d6a3a1f6c01",
        "2b0f9d34-7a3e-4d55-8f0a-53c2e5a7b902",
        "d3a9e8f1-5c66-4b21-b7c4-1e9f0a2d8303")),
    (r"birth_?day|.*birth.*date|dob", ("1815-12-10", "1906-12-09", "1912-06-23")),
    (r".*date|day", ("2026-01-31", "2026-02-28", "2026-03-31")),
    (r".*(timestamp|_time|_at)|time", ("2026-01-31T12:30:00Z", "2026-02-28T08:00:00Z", "2026-03-31T17:45:00Z")),
    (r".*duration|.*timeout|ttl|.*interval", ("30s", "5s", "120s")),
    (r"system(_prompt|_message|_instruction)?|instructions?", ("You are a helpful assistant.",)),
    (r".*prompt|inputs?|input_text", (
        "Write a short poem about the sea.", "Explain gRPC to a child.", "Name three rivers in Europe.")),
    (r"role", ("user",)),
    (r"model(_name|_version|_id)?", ()),
    (r"query|q|search(_(query|term|text))?|question|keyword", ("analytical engine", "compiler", "machine")),
    (r"(short_)?(title|subject|headline|topic)", (
        "Notes on the Analytical Engine", "A Compiler for Everyone", "Computing Machinery")),
    (r"(short_|long_)?(description|summary|bio|about|abstract|details?)", (
        "Wrote the first program.", "Wrote the first compiler.", "Asked whether machines can think.")),
    (r".*(message|text|content|body|comment|note|reason|greeting|caption)", (
        "Hello from Wirelens", "Good morning!", "Just a test.")),
    (r".*version", ("1.0.0", "1.2.0", "2.0.0")),
    (r"(unit|units)", ("pieces", "kg", "m")),
    (r"key|code|kind|type", ("example", "sample", "demo")),
    (r"tags|labels|keywords|scopes", ("blue", "green", "amber")),
)  # fmt: skip

_NUMBERS: tuple[tuple[str, Words], ...] = (
    (r"(page|result)_?(size|limit)|max_(results|items|page_size|count)|limit|per_page|batch_size", (10, 20, 50)),
    (r"offset|skip|start(_index)?|cursor|flags|mask|(random_)?seed", ()),
    (r"page(_number|_index)?", (1, 2, 3)),
    (r"temperature", (0.7, 0.2, 1.0)),
    (r"top_?p", (0.9, 0.95, 0.8)),
    (r"top_?k", (40, 20, 50)),
    (r"max_(new_|output_|completion_)?(tokens|length)", (128, 64, 256)),
    (r"(frequency|presence)_penalty", (0.1, 0.2, 0.3)),
    (r"repetition_penalty", (1.1, 1.2, 1.05)),
    (r"n|num_(samples|choices|candidates)|candidate_count", (1, 2, 3)),
    (r".*lat(itude)?", (51.5072, 40.7484, 52.5163)),
    (r".*(lng|lon(gitude)?)", (-0.1337, -73.9857, 13.3777)),
    (r".*year", (2026, 2027, 2028)),
    (r".*month", (1, 2, 3)),
    (r".*day", (31, 28, 15)),
    (r".*hours?", (12, 8, 17)),
    (r".*minutes?", (30, 15, 45)),
    (r".*(timestamp|_time|_at)(_s|_sec(onds)?)?|epoch(_seconds)?", (1769862600, 1772265600, 1774979100)),
    (r".*(timestamp|_time|_at|epoch)_?(ms|millis(econds)?)", (1769862600000, 1772265600000, 1774979100000)),
    (r".*nanos", (0,)),
    (r".*(seconds|_sec|_s|timeout|ttl|duration|interval)", (30, 5, 120)),
    (r".*(_ms|millis(econds)?)", (1000, 500, 2000)),
    (r".*port", (8080, 443, 50051)),
    (r".*(price|amount|cost|fee|balance|total)", (19.99, 5.5, 120)),
    (r".*(percent(age)?|progress)", (50, 25, 75)),
    (r".*(probability|ratio|score|confidence|threshold|weight|alpha)", (0.5, 0.25, 0.75)),
    (r".*age", (36, 28, 41)),
    (r".*(quantity|qty|count|number|num|copies|replicas|retries|attempts)|(num|number|count)_.*", (3, 2, 5)),
    (r".*width", (640, 1280, 320)),
    (r".*height", (480, 720, 240)),
    (r".*(size|length|bytes|capacity)", (1024, 512, 4096)),
    (r".*rate|frequency|hz", (10, 5, 20)),
    (r".*(rank|level|priority|index|position|order|version|revision)", (1, 2, 3)),
    (r".*_?id|id_.*", (1, 2, 3)),
    (r"x", (1.5, 2.5, 3.5)),
    (r"y", (2.0, 4.0, 6.0)),
    (r"z", (0.5, 1.0, 1.5)),
)  # fmt: skip

_COMPILED_TEXTS = tuple((re.compile(pattern), values) for pattern, values in _TEXTS)
_COMPILED_NUMBERS = tuple((re.compile(pattern), values) for pattern, values in _NUMBERS)
_UNIQUE_IDS = ("request", "trace", "correlation")
_SAMPLE_TEXTS: Words = ("example", "sample", "demo")
_SAMPLE_NUMBERS: Words = (1, 2, 3)
_RESOURCE_NAME = re.compile(r"(?:[\w.-]+/)+\{\w+\}(?:/[\w.-]+|/\{\w+\})*|(?:[\w.-]+/\{\w+\}/?)+")
_OPPOSITE_WORDS = re.compile(r"(validate_only|dry_run|allow_missing|force|delete|disabled?|is_deleted|cascade|purge).*")


def example_text(field_name: str, comment: str, seed: int) -> str | None:
    """A text for a field of this name; a resource name as its comment gives the form; None to leave it unset."""
    name = snake_case(field_name)
    if name in ("name", "parent", "resource") or name.endswith("_name"):
        pattern = _RESOURCE_NAME.search(comment)
        if pattern is not None:
            return re.sub(r"\{(\w+)\}", lambda found: f"my-{found[1].replace('_', '-')}", pattern[0])
    identified = re.fullmatch(r"(?:(.*)_)?ids?", name)
    if identified is not None and identified[1] not in _UNIQUE_IDS:
        return f"{(identified[1] or '').replace('_', '-')}-{seed % 100 + 1}".lstrip("-")
    value = _chosen(_COMPILED_TEXTS, name, seed, _SAMPLE_TEXTS)
    return None if value is None else str(value)


def example_number(field_name: str, seed: int) -> int | float | None:
    """A number for a field of this name, None to leave it unset."""
    value = _chosen(_COMPILED_NUMBERS, snake_case(field_name), seed, _SAMPLE_NUMBERS)
    return None if value is None or isinstance(value, str) else value


def example_flag(field_name: str) -> bool:
    """True, but where that would do something that was not asked for."""
    return _OPPOSITE_WORDS.fullmatch(snake_case(field_name)) is None


def snake_case(name: str) -> str:
    """`pageSize`, `PageSize` and `page_size` as `page_size`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")


def _chosen(
    table: Sequence[tuple[re.Pattern[str], Words]], name: str, seed: int, otherwise: Words
) -> str | int | float | None:
    for pattern, values in table:
        if pattern.fullmatch(name):
            return values[seed % len(values)] if values else None
    return otherwise[seed % len(otherwise)]

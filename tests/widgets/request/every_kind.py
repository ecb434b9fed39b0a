"""What is typed for every kind of field, and the ProtoJSON it must become: the table of test_every_kind.

Acts are written as form_hand says. JSON numbers are compared as numbers (1.0 is 1, -0.0 is not 0).
"""

from dataclasses import dataclass, field

INT64_LEAST, INT64_MOST = "-9223372036854775808", "9223372036854775807"
UINT64_MOST = "18446744073709551615"
ROUNDED_BY_OTHERS = ("72057594037927948", "8580461940455638592")  # bloomrpc#300, #266, #250
SAME = object()


@dataclass(frozen=True)
class Case:
    """One message.

    Args:
        acts: what is done in the form.
        json: the message as ProtoJSON: on the JSON page, and of the answer.
        answer: the answer's JSON where it differs from what was typed (a float is rounded, an alias has one name).
        also: other texts of JSON that mean the same message.
        shown: what the form shows where that is not what was typed, by name; None is not looked at.
    """

    acts: tuple[str, ...]
    json: object
    answer: object = SAME
    also: tuple[str, ...] = ()
    shown: dict[str, str | None] = field(default_factory=dict)

    @property
    def answered(self) -> object:
        return self.json if self.answer is SAME else self.answer

    def __str__(self) -> str:
        return " · ".join(self.acts)[:90] or "nothing"


def scalars(name: str, json_name: str, *texts: str, quoted: bool = False) -> list[Case]:
    """One case for each text of a field that is typed as it is written in JSON; both spellings of its name."""
    cases = []
    for text in texts:
        plain, other = (f'"{text}"', text) if quoted else (text, f'"{text}"')
        also = (f'{{"{name}": {plain}}}', f'{{"{json_name}": {other}}}')  # quoted or not: a number is a number
        cases.append(Case((f"{name} = {text}",), {json_name: text if quoted else int(text)}, also=also))
    return cases


def listed(name: str, json_name: str, *items: str, json: list[object] | None = None) -> Case:
    """A list, row by row."""
    acts = [act for index, item in enumerate(items) for act in (f"add:{name}", f"{name}[{index}] = {item}")]
    return Case(tuple(acts), {json_name: list(items) if json is None else json})


def mapped(name: str, json_name: str, *entries: tuple[str, str], json: dict[str, object] | None = None) -> Case:
    """A map, row by row."""
    acts = []
    for index, (key, value) in enumerate(entries):
        acts += [f"add:{name}", f"{name}[{index}]:key = {key}", f"{name}[{index}] = {value}"]
    return Case(tuple(acts), {json_name: dict(entries) if json is None else json})


_INTEGERS = [
    *scalars("int32_value", "int32Value", "-2147483648", "2147483647"),
    *scalars("int64_value", "int64Value", INT64_LEAST, INT64_MOST, *ROUNDED_BY_OTHERS, quoted=True),
    *scalars("uint32_value", "uint32Value", "4294967295"),
    *scalars("uint64_value", "uint64Value", UINT64_MOST, *ROUNDED_BY_OTHERS, quoted=True),
    *scalars("sint32_value", "sint32Value", "-2147483648", "2147483647"),
    *scalars("sint64_value", "sint64Value", INT64_LEAST, INT64_MOST, quoted=True),
    *scalars("fixed32_value", "fixed32Value", "4294967295"),
    *scalars("fixed64_value", "fixed64Value", UINT64_MOST, ROUNDED_BY_OTHERS[0], quoted=True),
    *scalars("sfixed32_value", "sfixed32Value", "-2147483648"),
    *scalars("sfixed64_value", "sfixed64Value", INT64_LEAST, INT64_MOST, quoted=True),
    Case(("int32_value = 0",), {"int32Value": 0}, answer={}, also=("{}",)),
]

_FLOATS = [
    Case(("float_value = nan",), {"floatValue": "NaN"}, shown={"field:float_value": "NaN"}),
    Case(("float_value = -inf",), {"floatValue": "-Infinity"}, shown={"field:float_value": "-Infinity"}),
    Case(("float_value = -0.0",), {"floatValue": -0.0}, also=('{"floatValue": "-0.0"}', '{"floatValue": -0}')),
    Case(("float_value = 0.1",), {"floatValue": 0.1}),
    Case(("float_value = 16777217",), {"floatValue": 16777217}, answer={"floatValue": 16777216}),
    Case(
        ("float_value = 3.4028234663852886e38",),
        {"floatValue": 3.4028234663852886e38},
        {"floatValue": 3.4028235e38},
        shown={"field:float_value": "3.4028234663852886e+38"},
    ),
    Case(("float_value = 1e-45",), {"floatValue": 1e-45}, answer={"floatValue": 1.4013e-45}),
    Case(("double_value = NaN",), {"doubleValue": "NaN"}),
    Case(("double_value = ∞",), {"doubleValue": "Infinity"}, shown={"field:double_value": "Infinity"}),
    Case(("double_value = -0.0",), {"doubleValue": -0.0}),
    Case(("double_value = 0.1",), {"doubleValue": 0.1}, also=('{"double_value": "0.1"}', '{"doubleValue": 1e-1}')),
    Case(
        ("double_value = 1.7976931348623157e308",),
        {"doubleValue": 1.7976931348623157e308},
        shown={"field:double_value": "1.7976931348623157e+308"},
    ),
    Case(("double_value = 5e-324",), {"doubleValue": 5e-324}),
    Case(("double_value = 9007199254740993",), {"doubleValue": 9007199254740993}, {"doubleValue": 9007199254740992}),
]

_TEXTS = [
    Case(("bool_value:true",), {"boolValue": True}, shown={"field:bool_value:true": "on"}),
    Case(("bool_value:false",), {"boolValue": False}, answer={}),
    Case(("string_value = Zoë: 你好 🙂 \u00a0\u200d",), {"stringValue": "Zoë: 你好 🙂 \u00a0\u200d"}),
    Case(
        ('string_value = "quoted\\" {json}: [1, // no comment',),
        {"stringValue": '"quoted\\" {json}: [1, // no comment'},
    ),
    Case(("string_value = one\ntwo\n\tthree",), {"stringValue": "one\ntwo\n\tthree"}),
    Case(("string_value = ",), {}),
    Case(
        ("bytes_value:notation > As text", "bytes_value = hé"),
        {"bytesValue": "aMOp"},
        shown={"field:bytes_value": None},
    ),
    Case(
        ("bytes_value:notation > As hex", "bytes_value = 00ff fe"),
        {"bytesValue": "AP/+"},
        also=('{"bytesValue": "AP_-"}',),
        shown={"field:bytes_value": None},
    ),
    Case(
        ("bytes_value:notation > As base64", "bytes_value = +/8="),
        {"bytesValue": "+/8="},
        also=('{"bytesValue": "-_8"}',),
    ),
]

_ENUMS = [
    Case(
        ("priority = PRIORITY_HIGH",),
        {"priority": "PRIORITY_HIGH"},
        also=('{"priority": 3}',),
        shown={"field:priority": "PRIORITY_HIGH = 3"},
    ),
    Case(("priority = 2",), {"priority": "PRIORITY_NORMAL"}, shown={"field:priority": "PRIORITY_NORMAL = 2"}),
    Case(("priority = -1",), {"priority": "PRIORITY_NEVER"}, shown={"field:priority": "PRIORITY_NEVER = -1"}),
    Case(
        ("priority = PRIORITY_URGENT",),
        {"priority": "PRIORITY_URGENT"},
        shown={"field:priority": "PRIORITY_URGENT = 4"},
    ),
    Case(("priority = 77",), {"priority": 77}),
    Case(("priority = -2147483648",), {"priority": -2147483648}),
    Case(
        ("priority = 2147483647",),
        {"priority": "PRIORITY_MAXIMUM"},
        shown={"field:priority": "PRIORITY_MAXIMUM = 2147483647"},
    ),
    Case(
        ("weekday = WEEKDAY_SONNABEND",),
        {"weekday": "WEEKDAY_SONNABEND"},
        answer={"weekday": "WEEKDAY_SATURDAY"},
        also=('{"weekday": 6}',),
        shown={"field:weekday": "WEEKDAY_SONNABEND = 6"},
    ),
    listed(
        "repeated_priority",
        "repeatedPriority",
        "PRIORITY_LOW = 1",
        "77",
        "PRIORITY_NEVER = -1",
        json=["PRIORITY_LOW", 77, "PRIORITY_NEVER"],
    ),
    mapped(
        "priorities",
        "priorities",
        ("", "PRIORITY_UNSPECIFIED = 0"),
        ("x", "77"),
        json={"": "PRIORITY_UNSPECIFIED", "x": 77},
    ),
]

_PRESENCE = [
    Case((), {}),
    Case(("presence:optional_bool",), {"optionalBool": False}, shown={"field:optional_bool:false": "on"}),
    Case(("optional_bool:true",), {"optionalBool": True}, shown={"presence:optional_bool": "on"}),
    Case(("presence:optional_int32",), {"optionalInt32": 0}, shown={"field:optional_int32": "0"}),
    Case(("optional_int32 = 0",), {"optionalInt32": 0}),
    Case(("presence:optional_int64",), {"optionalInt64": "0"}, also=('{"optionalInt64": 0}',)),
    Case(("optional_int64 = -1",), {"optionalInt64": "-1"}),
    Case(("presence:optional_double",), {"optionalDouble": 0}),
    Case(("presence:optional_string",), {"optionalString": ""}),
    Case(
        ("optional_string = x", "optional_string = "), {"optionalString": ""}, shown={"presence:optional_string": "on"}
    ),
    Case(("presence:optional_bytes",), {"optionalBytes": ""}),
    Case(("presence:optional_priority",), {"optionalPriority": "PRIORITY_UNSPECIFIED"}),
    Case(("presence:optional_point",), {"optionalPoint": {}}),
    Case(("presence:optional_point", "presence:optional_point"), {}, shown={"presence:optional_point": "off"}),
]

_MESSAGES = [
    Case(("presence:point",), {"point": {}}),
    Case(("point.x = -0.0",), {"point": {"x": -0.0}}, shown={"presence:point": "on"}),
    Case(("presence:nothing",), {"nothing": {}}),
    Case(
        ("inner.text = a", "inner.state = STATE_ON", "inner.innermost.back.innermost.text = deep"),
        {"inner": {"text": "a", "state": "STATE_ON", "innermost": {"back": {"innermost": {"text": "deep"}}}}},
        shown={"field:inner.state": "STATE_ON = 1"},
    ),
    Case(("innermost.back.text = b",), {"innermost": {"back": {"text": "b"}}}),
    Case(("add:repeated_point", "add:repeated_point", "repeated_point[1].y = 2"), {"repeatedPoint": [{}, {"y": 2}]}),
    Case(("add:repeated_nothing", "add:repeated_nothing"), {"repeatedNothing": [{}, {}]}),
    Case(("old_name = still",), {"oldName": "still"}),
    Case(("identifier = 1",), {"@id": "1"}, also=('{"identifier": "1"}',)),
    Case(
        ("a1_b2 = x", "Camel = y", "with_2_digits = z", "_leading = w", "class = v"),
        {"a1B2": "x", "Camel": "y", "with2Digits": "z", "Leading": "w", "class": "v"},
    ),
    Case(("last = the largest number",), {"last": "the largest number"}),
    Case(
        ("presence:proto2", "proto2.required_text = t", "proto2.required_number = 0"),
        {"proto2": {"requiredText": "t", "requiredNumber": "0"}},
    ),
    Case(("editions.required_text = t",), {"editions": {"requiredText": "t"}}),
]

# bloomrpc#69, #195, #52; wombat#34, #76, #107: a type within itself
_RECURSION = [
    Case(
        ("tree.parent.parent.parent.parent.parent.parent.label = seven levels down",),
        {
            "tree": {
                "parent": {"parent": {"parent": {"parent": {"parent": {"parent": {"label": "seven levels down"}}}}}}
            }
        },
    ),
    Case(
        ("add:tree.children", "add:tree.children[0].children", "tree.children[0].children[0].label = leaf"),
        {"tree": {"children": [{"children": [{"label": "leaf"}]}]}},
    ),
    Case(
        (
            "add:tree.by_name",
            "tree.by_name[0]:key = ",
            "add:tree.by_name[0].by_name",
            "tree.by_name[0].by_name[0]:key = k",
            "tree.by_name[0].by_name[0].label = leaf",
        ),
        {"tree": {"byName": {"": {"byName": {"k": {"label": "leaf"}}}}}},
    ),
    Case(
        (
            "add:folder.documents",
            "folder.documents[0].folder.title = mutual",
            "folder.documents[0].inner.page_count = 3",
        ),
        {"folder": {"documents": [{"folder": {"title": "mutual"}, "inner": {"pageCount": 3}}]}},
    ),
    Case(
        ("everything.everything.everything.int64_value = 1",),
        {"everything": {"everything": {"everything": {"int64Value": "1"}}}},
    ),
]

_ONEOFS = [
    Case(("member:choice_text",), {"choiceText": ""}),
    Case(("member:choice_text", "choice_text = t"), {"choiceText": "t"}),
    Case(
        ("member:choice_number",),
        {"choiceNumber": "0"},
        also=('{"choiceNumber": 0}',),
        shown={"field:choice_number": "0"},
    ),
    Case(("member:choice_number", f"choice_number = {ROUNDED_BY_OTHERS[0]}"), {"choiceNumber": ROUNDED_BY_OTHERS[0]}),
    Case(("member:choice_flag",), {"choiceFlag": False}, shown={"field:choice_flag:false": "on"}),
    Case(("member:choice_bytes",), {"choiceBytes": ""}),
    Case(("member:choice_priority",), {"choicePriority": "PRIORITY_UNSPECIFIED"}),
    Case(("member:choice_point",), {"choicePoint": {}}),
    Case(("member:choice_point", "choice_point.x = 1.5"), {"choicePoint": {"x": 1.5}}),
    Case(("member:choice_nothing",), {"choiceNothing": {}}),
    Case(("member:choice_empty",), {"choiceEmpty": {}}),
    Case(("member:choice_time",), {"choiceTime": "1970-01-01T00:00:00Z"}),
    Case(
        ("member:other_count", "member:choice_flag", "member:choice:none"),
        {"otherCount": 0},
        shown={"member:choice_flag": "off"},
    ),
    Case(("member:other_tree", "other_tree.parent.label = p"), {"otherTree": {"parent": {"label": "p"}}}),
]

_LISTS = [
    Case(("add:repeated_bool", "add:repeated_bool", "repeated_bool[1]:true"), {"repeatedBool": [False, True]}),
    listed("repeated_int32", "repeatedInt32", "-2147483648", "0", json=[-2147483648, 0]),
    listed("repeated_int64", "repeatedInt64", INT64_LEAST, *ROUNDED_BY_OTHERS),
    listed("repeated_uint32", "repeatedUint32", "4294967295", json=[4294967295]),
    listed("repeated_uint64", "repeatedUint64", UINT64_MOST, "0"),
    listed("repeated_sint32", "repeatedSint32", "-1", json=[-1]),
    listed("repeated_sint64", "repeatedSint64", INT64_LEAST),
    listed("repeated_fixed32", "repeatedFixed32", "4294967295", json=[4294967295]),
    listed("repeated_fixed64", "repeatedFixed64", UINT64_MOST),
    listed("repeated_sfixed32", "repeatedSfixed32", "-1", json=[-1]),
    listed("repeated_sfixed64", "repeatedSfixed64", INT64_LEAST),
    listed("repeated_float", "repeatedFloat", "-0.0", "NaN", json=[-0.0, "NaN"]),
    listed("repeated_double", "repeatedDouble", "0.1", "-Infinity", json=[0.1, "-Infinity"]),
    listed("repeated_string", "repeatedString", "", "ä", ""),
    Case(("add:repeated_bytes", "add:repeated_bytes", "repeated_bytes[1] = x"), {"repeatedBytes": ["", "eA=="]}),
    listed("unpacked_int32", "unpackedInt32", "1", "-1", json=[1, -1]),
    Case(
        ("add:repeated_string", "repeated_string[0] = a", "remove:repeated_string[0]"),
        {},
        shown={"field:repeated_string[0]": None},
    ),
]

_MAPS = [
    mapped("by_bool", "byBool", ("true", "yes"), ("false", "")),
    mapped("by_int32", "byInt32", ("-2147483648", "least"), ("0", "")),
    mapped(
        "by_int64", "byInt64", (INT64_LEAST, "least"), (INT64_MOST, "most"), (ROUNDED_BY_OTHERS[0], ""), ("0", "zero")
    ),
    mapped("by_uint32", "byUint32", ("4294967295", "most")),
    mapped("by_uint64", "byUint64", (UINT64_MOST, "most"), ("0", "")),
    mapped("by_sint32", "bySint32", ("-1", "x")),
    mapped("by_sint64", "bySint64", (INT64_LEAST, "x")),
    mapped("by_fixed32", "byFixed32", ("4294967295", "x")),
    mapped("by_fixed64", "byFixed64", (UINT64_MOST, "x")),
    mapped("by_sfixed32", "bySfixed32", ("-2147483648", "x")),
    mapped("by_sfixed64", "bySfixed64", (INT64_LEAST, "x")),
    mapped("by_string", "byString", ("", ""), ("a.b[0]", "x"), ("ключ", "y")),
    Case(
        ("add:flags", "flags[0]:key = off", "add:flags", "flags[1]:key = on", "flags[1]:true"),
        {"flags": {"off": False, "on": True}},
    ),
    mapped("counts", "counts", ("a", INT64_MOST), ("", ROUNDED_BY_OTHERS[1])),
    mapped("ratios", "ratios", ("nan", "NaN"), ("zero", "-0.0"), json={"nan": "NaN", "zero": -0.0}),
    Case(("add:blobs", "blobs[0]:key = b", "blobs[0] = x"), {"blobs": {"b": "eA=="}}),
    Case(
        ("add:points", "points[0]:key = ", "add:points", "points[1]:key = p", "points[1].x = 1"),
        {"points": {"": {}, "p": {"x": 1}}},
    ),
    Case(
        ("add:nothings", "nothings[0]:key = n", "add:nothings", "nothings[1]:key = "), {"nothings": {"n": {}, "": {}}}
    ),
    mapped("times", "times", ("t", "2026-02-28T23:59:59.999999999Z")),
    Case(
        ("add:dynamic_values", "dynamic_values[0]:key = v", "dynamic_values[0]:kind > null"),
        {"dynamicValues": {"v": None}},
    ),
]

_PREFIX = "type.googleapis.com/"
_ANY_UNIT = {"field:duration": None}  # the unit that the editor shows is its own

_WELL_KNOWN = [
    Case(("timestamp = 0001-01-01T00:00:00Z",), {"timestamp": "0001-01-01T00:00:00Z"}),
    Case(("timestamp = 9999-12-31T23:59:59.999999999Z",), {"timestamp": "9999-12-31T23:59:59.999999999Z"}),
    Case(
        ("timestamp = 2026-02-28T23:59:59.5+02:00",),
        {"timestamp": "2026-02-28T23:59:59.5+02:00"},
        {"timestamp": "2026-02-28T21:59:59.500Z"},
    ),
    Case(("presence:timestamp",), {"timestamp": "1970-01-01T00:00:00Z"}),
    Case(
        ("duration:unit > s", "duration = -315576000000.999999999s"),
        {"duration": "-315576000000.999999999s"},
        shown=_ANY_UNIT,
    ),
    Case(("duration = 315576000000.999999999",), {"duration": "315576000000.999999999s"}, shown=_ANY_UNIT),
    Case(("duration = -1ns",), {"duration": "-0.000000001s"}, shown=_ANY_UNIT),
    Case(("duration = 1h30m",), {"duration": "5400s"}, shown=_ANY_UNIT),
    Case(("presence:duration",), {"duration": "0s"}),
    Case(("field_mask = point.x,inner.innermost.text",), {"fieldMask": "point.x,inner.innermost.text"}),
    Case(("field_mask = optionalInt32",), {"fieldMask": "optionalInt32"}),
    Case(("presence:field_mask",), {"fieldMask": ""}),
    Case(("presence:empty",), {"empty": {}}),
    Case(
        (
            "add:struct",
            "struct[0]:key = a",
            "struct[0]:kind > list",
            "add:struct[0]",
            "struct[0][0]:kind > number",
            "struct[0][0] = 1",
            "add:struct[0]",
            "struct[0][1]:kind > null",
            "add:struct[0]",
            "struct[0][2]:kind > object",
            "add:struct[0][2]",
            "struct[0][2][0]:key = b",
            "struct[0][2][0] = c",
            "add:struct",
            "struct[1]:key = ",
            "struct[1]:kind > number",
            "struct[1] = -0.0",
        ),
        {"struct": {"a": [1, None, {"b": "c"}], "": -0.0}},
    ),
    Case(
        ("presence:struct", "struct:json", 'struct = {"a": [1, null, {"b": "c"}], "": -0.0}', "struct:json"),
        {"struct": {"a": [1, None, {"b": "c"}], "": -0.0}},
        shown={"field:struct": None},
    ),
    Case(("presence:struct",), {"struct": {}}),
    Case(("value:kind > null",), {"value": None}, shown={"field:value:kind": "null", "presence:value": "on"}),
    Case(("value:kind > string", "value = text"), {"value": "text"}),
    Case(("value:kind > number", "value = 1e+300"), {"value": 1e300}),
    Case(("value:kind > bool", "value:false"), {"value": False}, shown={"field:value:false": "on"}),
    Case(
        (
            "value:kind > list",
            "add:value",
            "value[0]:kind > list",
            "add:value",
            "value[1]:kind > object",
            "add:value",
            "value[2]:kind > bool",
            "value[2]:true",
        ),
        {"value": [[], {}, True]},
        shown={"field:value[2]:true": "on"},
    ),
    Case(
        (
            "add:list_value",
            "list_value[0]:kind > number",
            "list_value[0] = 1",
            "add:list_value",
            "list_value[1]:kind > list",
            "list_value[1][0]:kind > string",
            "list_value[1][0] = ",
            "add:list_value[1]",
            "list_value[1][1]:kind > null",
        ),
        {"listValue": [1, ["", None]]},
    ),
    Case(("presence:list_value",), {"listValue": []}),
    Case(("presence:any",), {"any": {}}),
    Case(
        ("presence:any", f"any.@type <- {_PREFIX}wirelens.demo.fields.v1.Point", "any.x = 3"),
        {"any": {"@type": f"{_PREFIX}wirelens.demo.fields.v1.Point", "x": 3}},
    ),
    Case(
        ("presence:any", f"any.@type <- {_PREFIX}google.protobuf.StringValue", "any.value = in"),
        {"any": {"@type": f"{_PREFIX}google.protobuf.StringValue", "value": "in"}},
    ),
    Case(
        (
            "presence:any",
            f"any.@type <- {_PREFIX}google.protobuf.Any",
            f"any.value.@type <- {_PREFIX}wirelens.demo.fields.v1.Nothing",
        ),
        {
            "any": {
                "@type": f"{_PREFIX}google.protobuf.Any",
                "value": {"@type": f"{_PREFIX}wirelens.demo.fields.v1.Nothing"},
            }
        },
    ),
    Case(("wrapped_bool:false",), {"wrappedBool": False}, shown={"presence:wrapped_bool": "on"}),
    Case(("presence:wrapped_int32",), {"wrappedInt32": 0}),
    Case((f"wrapped_int64 = {INT64_LEAST}",), {"wrappedInt64": INT64_LEAST}),
    Case(
        (f"wrapped_int64 = {ROUNDED_BY_OTHERS[0]}",),
        {"wrappedInt64": ROUNDED_BY_OTHERS[0]},
        also=(f'{{"wrappedInt64": {ROUNDED_BY_OTHERS[0]}}}',),
    ),
    Case(("wrapped_uint32 = 4294967295",), {"wrappedUint32": 4294967295}),
    Case((f"wrapped_uint64 = {UINT64_MOST}",), {"wrappedUint64": UINT64_MOST}),
    Case(("wrapped_float = -0.0",), {"wrappedFloat": -0.0}),
    Case(("wrapped_double = NaN",), {"wrappedDouble": "NaN"}),
    Case(("presence:wrapped_string",), {"wrappedString": ""}),
    Case(("presence:wrapped_bytes",), {"wrappedBytes": ""}),
    listed("repeated_timestamp", "repeatedTimestamp", "1969-12-31T23:59:59.999Z"),
    Case(
        ("add:repeated_duration", "repeated_duration[0] = 3.000000001s", "add:repeated_duration"),
        {"repeatedDuration": ["3.000000001s", "0s"]},
        shown={"field:repeated_duration[0]": None},
    ),
    Case(
        (
            "add:repeated_any",
            "add:repeated_any",
            f"repeated_any[1].@type <- {_PREFIX}google.protobuf.ListValue",
            "add:repeated_any[1].value",
            "repeated_any[1].value[0]:kind > bool",
            "repeated_any[1].value[0]:true",
        ),
        {"repeatedAny": [{}, {"@type": f"{_PREFIX}google.protobuf.ListValue", "value": [True]}]},
    ),
    listed("repeated_wrapped_string", "repeatedWrappedString", "", "x"),
    Case(
        ("member:choice_text", "null_value = NULL_VALUE"),
        {"choiceText": "", "nullValue": "NULL_VALUE"},
        answer={"choiceText": ""},
        also=('{"choiceText": "", "nullValue": null}', '{"choiceText": ""}'),
        shown={"field:null_value": "NULL_VALUE = 0"},
    ),
]

EVERYTHING = [
    *_INTEGERS,
    *_FLOATS,
    *_TEXTS,
    *_ENUMS,
    *_PRESENCE,
    *_MESSAGES,
    *_RECURSION,
    *_ONEOFS,
    *_LISTS,
    *_MAPS,
    *_WELL_KNOWN,
]

_REQUIRED = ("required_text = r", f"required_number = {INT64_LEAST}")
_REQUIRED_JSON = {"requiredText": "r", "requiredNumber": INT64_LEAST}
_EXTENSION = "wirelens.demo.fields.v1.extension"


def _proto2(acts: tuple[str, ...], json: dict[str, object], **more: object) -> Case:
    return Case((*_REQUIRED, *acts), _REQUIRED_JSON | json, **more)  # type: ignore[arg-type]


PROTO2 = [
    _proto2((), {}),
    Case(("presence:required_text", "presence:required_number"), {"requiredText": "", "requiredNumber": "0"}),
    _proto2(
        ("presence:default_shade",), {"defaultShade": "SHADE_DARK"}, shown={"field:default_shade": "SHADE_DARK = 2"}
    ),
    _proto2(("default_shade = 1",), {"defaultShade": "SHADE_LIGHT"}, shown={"field:default_shade": "SHADE_LIGHT = 1"}),
    _proto2(("presence:default_text",), {"defaultText": 'a "quoted" text,\nin two lines'}),
    _proto2(("default_text = x", "default_text = "), {"defaultText": ""}),
    _proto2(("presence:default_number",), {"defaultNumber": -42}, shown={"field:default_number": "-42"}),
    _proto2(("presence:default_ratio",), {"defaultRatio": "Infinity"}),
    _proto2(("presence:default_flag",), {"defaultFlag": True}, shown={"field:default_flag:true": "on"}),
    _proto2(("default_flag:false",), {"defaultFlag": False}),
    _proto2(("presence:default_bytes",), {"defaultBytes": "AQL/"}),
    _proto2(("presence:detail",), {"detail": {}}),
    _proto2(("detail.text = in a group", "detail.number = -1"), {"detail": {"text": "in a group", "number": -1}}),
    _proto2(
        ("add:entry", "entry[0].key = k", "presence:entry[0].value", "add:entry", "presence:entry[1].key"),
        {"entry": [{"key": "k", "value": ""}, {"key": ""}]},
    ),
    _proto2(listed("numbers", "numbers", "-1", "0").acts, {"numbers": [-1, 0]}),
    _proto2(listed("packed_numbers", "packedNumbers", "-1", "0").acts, {"packedNumbers": [-1, 0]}),
    _proto2(mapped("by_name", "byName", ("", "0"), ("k", "-1")).acts, {"byName": {"": 0, "k": -1}}),
    _proto2(("member:choice_text",), {"choiceText": ""}),
    _proto2(("member:choicegroup",), {"choicegroup": {}}),
    _proto2(("member:choicegroup", "presence:choicegroup.number"), {"choicegroup": {"number": 0}}),
    _proto2(("presence:inner.required_text",), {"inner": {"requiredText": ""}}),
    _proto2((f"[{_EXTENSION}_number] = {ROUNDED_BY_OTHERS[0]}",), {f"[{_EXTENSION}_number]": ROUNDED_BY_OTHERS[0]}),
    _proto2(
        (f"add:[{_EXTENSION}_inner]", f"[{_EXTENSION}_inner][0].required_text = e"),
        {f"[{_EXTENSION}_inner]": [{"requiredText": "e"}]},
    ),
    _proto2(
        ("presence:[wirelens.demo.fields.v1.Proto2Everything.nested_extension]",),
        {"[wirelens.demo.fields.v1.Proto2Everything.nested_extension]": ""},
    ),
]


def _editions(acts: tuple[str, ...], json: dict[str, object], **more: object) -> Case:
    return Case(("required_text = r", *acts), {"requiredText": "r"} | json, **more)  # type: ignore[arg-type]


EDITIONS = [
    _editions((), {}),
    _editions(("presence:explicit_text",), {"explicitText": ""}),
    _editions(("implicit_text = x",), {"implicitText": "x"}),
    _editions(("presence:default_number",), {"defaultNumber": "9007199254740993"}),
    _editions(listed("expanded_numbers", "expandedNumbers", "1", "-1").acts, {"expandedNumbers": [1, -1]}),
    _editions(listed("packed_numbers", "packedNumbers", "1", "-1").acts, {"packedNumbers": [1, -1]}),
    _editions(("presence:delimited",), {"delimited": {}}),
    _editions(("delimited.inner.inner.text = d",), {"delimited": {"inner": {"inner": {"text": "d"}}}}),
    _editions(("presence:length_prefixed.text",), {"lengthPrefixed": {"text": ""}}),
    _editions(("season = SEASON_AUTUMN",), {"season": "SEASON_AUTUMN"}, shown={"field:season": "SEASON_AUTUMN = 3"}),
    _editions(
        (
            "add:by_number",
            "by_number[0]:key = -2147483648",
            "by_number[0].inner.text = n",
            "add:by_number",
            "by_number[1]:key = 0",
        ),
        {"byNumber": {"-2147483648": {"inner": {"text": "n"}}, "0": {}}},
    ),
    _editions(("member:choice_text",), {"choiceText": ""}),
    _editions(("member:choice_inner",), {"choiceInner": {}}),
    _editions(("member:choice_inner", "choice_inner.inner.text = i"), {"choiceInner": {"inner": {"text": "i"}}}),
    _editions(("unchecked_text = ä",), {"uncheckedText": "ä"}),
]

EVERY_2023 = [
    Case((), {}),
    Case(("presence:flag",), {"flag": False}),
    Case(("presence:signed_32",), {"signed32": 0}),
    Case((f"signed_64 = {INT64_LEAST}",), {"signed64": INT64_LEAST}),
    Case(("unsigned_32 = 4294967295",), {"unsigned32": 4294967295}),
    Case((f"unsigned_64 = {UINT64_MOST}",), {"unsigned64": UINT64_MOST}),
    Case((f"zigzag = {INT64_LEAST}",), {"zigzag": INT64_LEAST}),
    Case((f"fixed = {ROUNDED_BY_OTHERS[1]}",), {"fixed": ROUNDED_BY_OTHERS[1]}),
    Case(("presence:sfixed",), {"sfixed": "0"}),
    Case(("single = -0.0",), {"single": -0.0}),
    Case(("presence:twice",), {"twice": 0}),
    Case(("presence:text",), {"text": ""}),
    Case(("presence:data",), {"data": ""}),
    Case(("implicit_text = x", "implicit_text = "), {}),
    Case(("implicit_text = x",), {"implicitText": "x"}),
    Case(("implicit_open = 5",), {"implicitOpen": 5}),
    Case(("presence:open",), {"open": "OPEN_ZERO"}),
    Case(("open = -7",), {"open": -7}),
    Case(
        ("closed = CLOSED_FUENF",),
        {"closed": "CLOSED_FUENF"},
        answer={"closed": "CLOSED_FIVE"},
        shown={"field:closed": "CLOSED_FUENF = 5"},
    ),
    Case(("presence:default_wide",), {"defaultWide": UINT64_MOST}),
    Case(("presence:default_closed",), {"defaultClosed": "CLOSED_BELOW"}),
    Case(("presence:default_single",), {"defaultSingle": "-Infinity"}),
    listed("packed", "packed", *ROUNDED_BY_OTHERS),
    listed("expanded", "expanded", INT64_LEAST, "0"),
    listed("closeds", "closeds", "CLOSED_BELOW = -5", "CLOSED_FIVE = 5", json=["CLOSED_BELOW", "CLOSED_FIVE"]),
    Case(
        ("add:delimiteds", "delimiteds[0].again.text = d", "add:delimiteds"),
        {"delimiteds": [{"again": {"text": "d"}}, {}]},
    ),
    Case(
        ("add:parts", "parts[0]:key = true", "parts[0].text = p", "add:parts", "parts[1]:key = false"),
        {"parts": {"true": {"text": "p"}, "false": {}}},
    ),
    Case(
        ("add:open_by_number", f"open_by_number[0]:key = {INT64_LEAST}", "open_by_number[0] = 9"),
        {"openByNumber": {INT64_LEAST: 9}},
    ),
    Case(("part.every.part.text = mutual",), {"part": {"every": {"part": {"text": "mutual"}}}}),
    Case(("presence:delimited.again",), {"delimited": {"again": {}}}),
    Case(("member:choice_number",), {"choiceNumber": "0"}),
    Case(("member:choice_part", "choice_part.text = c"), {"choicePart": {"text": "c"}}),
    Case(("member:choice_empty",), {"choiceEmpty": {}}),
    Case(("presence:old",), {"old": ""}),
    Case((f"[every.v2023.extra] = {INT64_LEAST}",), {"[every.v2023.extra]": INT64_LEAST}),
    Case(
        ("add:[every.v2023.extra_parts]", "presence:[every.v2023.extra_parts][0].number"),
        {"[every.v2023.extra_parts]": [{"number": "0"}]},
    ),
]

EVERY_2024 = [
    Case((f"number = {ROUNDED_BY_OTHERS[0]}",), {"number": ROUNDED_BY_OTHERS[0]}),
    Case((f"implicit_number = {UINT64_MOST}",), {"implicitNumber": UINT64_MOST}),
    Case(("presence:text",), {"text": ""}),
    Case(("presence:data",), {"data": ""}),
    Case(("ratio = Infinity",), {"ratio": "Infinity"}),
    Case(("tone = 99",), {"tone": 99}),
    Case(("level = LEVEL_ALL",), {"level": "LEVEL_ALL"}, shown={"field:level": "LEVEL_ALL = 9"}),
    Case(("inner.inner.inner.text = deep",), {"inner": {"inner": {"inner": {"text": "deep"}}}}),
    Case(
        ("add:inner.others", "inner.others[0].every.inner.text = mutual"),
        {"inner": {"others": [{"every": {"inner": {"text": "mutual"}}}]}},
    ),
    Case(("add:inners", "add:inners", "presence:inners[1].inner"), {"inners": [{}, {"inner": {}}]}),
    Case(("add:flags", "flags[0]:key = ", "flags[0]:true"), {"flags": {"": True}}),
    Case(("add:inner_by_number", f"inner_by_number[0]:key = {UINT64_MOST}"), {"innerByNumber": {UINT64_MOST: {}}}),
    Case(("member:choice_flag",), {"choiceFlag": False}),
    Case(("member:choice_inner", "choice_inner.text = c"), {"choiceInner": {"text": "c"}}),
    listed("expanded", "expanded", INT64_LEAST, "0"),
]

# A request that is itself a well-known type: method of the echo service -> what is typed, and the JSON.

# Requests that are themselves of a well-known type, by the method of every2023.proto.
REQUESTS = {
    "EchoTimestamp": [
        Case(("field: = 9999-12-31T23:59:59.999999999Z",), "9999-12-31T23:59:59.999999999Z"),
        Case((), "1970-01-01T00:00:00Z", shown={"field:": "1970-01-01T00:00:00Z"}),
    ],
    "EchoDuration": [
        Case(("field: = -315576000000.999999999",), "-315576000000.999999999s", shown={"field:": None}),
        Case(("field: = 1h30m",), "5400s", shown={"field:": None}),
    ],
    "EchoFieldMask": [Case(("field: = point.x,optionalInt32",), "point.x,optionalInt32"), Case((), "")],
    "EchoStruct": [
        Case((), {}),
        Case(
            (
                "add:",
                "[0]:key = a",
                "[0]:kind > object",
                "add:[0]",
                "[0][0]:key = b",
                "[0][0]:kind > list",
                "add:[0][0]",
                "[0][0][0]:kind > null",
                "add:[0][0]",
                "[0][0][1]:kind > number",
                "[0][0][1] = -0.0",
            ),
            {"a": {"b": [None, -0.0]}},
        ),
        Case(
            ("field::json", 'field: = {"a": {"b": [null, -0.0]}}', "field::json"),
            {"a": {"b": [None, -0.0]}},
            shown={"field:": None},
        ),
    ],
    "EchoValue": [
        Case((), None, shown={"field::kind": "null"}),
        Case(("field::kind > bool", "field::true"), True, shown={"field::true": "on"}),
        Case(("field::kind > number", "field: = 1e+300"), 1e300),
        Case(("field::kind > string", "field: = text"), "text"),
        Case(("field::kind > list", "add:", "[0]:kind > list", "add:[0]", "[0][0]:kind > bool"), [[False]]),
        Case(("field::kind > object", "add:", "[0]:key = k", "[0]:kind > null"), {"k": None}),
    ],
    "EchoListValue": [
        Case((), []),
        Case(
            (
                "add:",
                "[0]:kind > list",
                "add:",
                "[1]:kind > object",
                "add:",
                "[2]:kind > null",
                "add:",
                "[3]:kind > bool",
                "[3]:true",
            ),
            [[], {}, None, True],
            shown={"field:[3]:true": "on"},
        ),
    ],
    "EchoAny": [
        Case((), {}),
        Case(
            (f"@type <- {_PREFIX}every.v2023.Part", "number = 72057594037927948"),
            {"@type": f"{_PREFIX}every.v2023.Part", "number": "72057594037927948"},
        ),
        Case(
            (f"@type <- {_PREFIX}google.protobuf.Int32Value", "value = -7"),
            {"@type": f"{_PREFIX}google.protobuf.Int32Value", "value": -7},
        ),
        Case(
            (
                f"@type <- {_PREFIX}google.protobuf.Any",
                f"value.@type <- {_PREFIX}every.v2023.Part",
                "value.number = 5",
            ),
            {
                "@type": f"{_PREFIX}google.protobuf.Any",
                "value": {"@type": f"{_PREFIX}every.v2023.Part", "number": "5"},
            },
        ),
    ],
    "EchoEmpty": [Case((), {})],
    "EchoBoolValue": [Case(("field::true",), True, shown={"field::true": "on"}), Case((), False)],
    "EchoInt32Value": [Case(("field: = -2147483648",), -2147483648), Case((), 0)],
    "EchoInt64Value": [Case((f"field: = {INT64_LEAST}",), INT64_LEAST)],
    "EchoUInt32Value": [Case(("field: = 4294967295",), 4294967295)],
    "EchoUInt64Value": [Case((f"field: = {UINT64_MOST}",), UINT64_MOST)],
    "EchoFloatValue": [Case(("field: = -0.0",), -0.0)],
    "EchoDoubleValue": [Case(("field: = NaN",), "NaN")],
    "EchoStringValue": [Case(("field: = text",), "text"), Case(("field: = a\nb",), "a\nb")],
    "EchoBytesValue": [
        Case(("field::notation > As hex", "field: = 00 ff fe"), "AP/+", shown={"field:": None}),
        Case((), ""),
    ],
}

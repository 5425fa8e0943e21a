"""Fields: the same whether they come as JSON or as a form; what is neither is refused."""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import FORM, MULTIPART, fields_of, form_of, multipart

from cropwright.errors import InvalidValueError, MalformedRequestError
from cropwright.http.fields import DEPTH, MEMBERS, Fields, from_json


def refusal(body: bytes) -> str:
    with pytest.raises(MalformedRequestError) as refused:
        from_json(body)
    return str(refused.value)


def nested(levels: int, inside: str = "1") -> bytes:
    """An object that is so many levels deep, itself the first."""
    return f'{{"a":{"[" * (levels - 1)}{inside}{"]" * (levels - 1)}}}'.encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"x"', "x"),
        ('"gr\\u00f6\\u00dfe \\ud83d\\ude00"', "größe 😀"),
        ('"größe 😀"', "größe 😀"),
        ('"a\\u0000b"', "a\0b"),
        ("7", 7),
        ("-0", 0),
        ("2.50", 2.5),
        ("true", True),
        ("[1,[2]]", [1, [2]]),
        ('{"b":null}', {"b": None}),
        ("9" * 30, int("9" * 30)),
    ],
)
def test_a_member_has_the_value_it_has_in_json(text, value):
    got = from_json(f' {{ "a" :\t{text}\n}} '.encode()).get("a")
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("body", [b'{"b":1}', b'{"a":null}', b'{"a": null , "b":1}', b"{}"])
def test_null_is_as_good_as_absent(body):
    fields = from_json(body)
    assert (fields.get("a"), fields.text("a"), fields.encoded("a")) == (None, None, None)
    assert ("a" in fields.values, fields.has("a")) == (False, False)


def test_of_a_member_that_comes_twice_the_last_counts():
    assert from_json(b'{"a":"1","b":2,"a":"3"}').get("a") == "3"
    assert from_json(b'{"a":"1","\\u0061":null}').get("a") is None


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
def test_an_empty_body_is_said_to_be_empty(body):
    assert refusal(body) == "body is empty; expected a JSON object"


NO_OBJECTS = {
    "array": b"[1]",
    "text": b'"a"',
    "null": b"null",
    "two documents": b'{"a":1}{"b":2}',
    "cut short": b'{"a":"x',
    "comma at the end": b'{"a":1,}',
    "comment": b'{"a":1/**/}',
    "single quotes": b"{'a':1}",
    "name without quotes": b"{a:1}",
    "a form": b"a=1&b=2",
    "NaN": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "leading zero": b'{"a":01}',
    "hexadecimal": b'{"a":0x1}',
    "a control character": b'{"a":"x\ny"}',
    "NUL in text": b'{"a":"x\0y"}',
    "NUL at the end": b'{"a":1}\0',
    "unknown escape": b'{"a":"\\x"}',
    "half a surrogate": b'{"a":"\\ud800"}',
    "half a surrogate in a name": b'{"\\udc00":1}',
    "surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "invalid UTF-8": b'{"a":"\xff"}',
    "overlong UTF-8": b'{"a":"\xc0\xaf"}',
    "Latin-1": '{"a":"ä"}'.encode("latin-1"),
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "a bracket that is not closed": b'{"a":[1}',
    "100,000 arrays": b"[" * 100_000,
    "100,000 arrays in a member": nested(100_000),
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}


@pytest.mark.parametrize("body", NO_OBJECTS.values(), ids=NO_OBJECTS.keys())
def test_what_is_no_json_object_in_utf_8_is_refused(body):
    assert refusal(body) == "body is not a JSON object in UTF-8"


@pytest.mark.parametrize("inside", ["1", '{"b":1}', '"]]]"'])
def test_nesting_has_a_bound(inside):
    deepest = DEPTH - 1 if inside.startswith("{") else DEPTH
    assert isinstance(from_json(nested(deepest, inside)).get("a"), list)
    assert refusal(nested(deepest + 1, inside)) == "a is nested deeper than 32 levels"


def test_the_number_of_members_has_a_bound():
    def body(count: int) -> bytes:
        return json.dumps({f"m{number}": number for number in range(count)}).encode()

    assert len(from_json(body(MEMBERS)).values) == MEMBERS
    assert refusal(body(MEMBERS + 1)) == "body has more than 200 members"


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * 5000])
def test_a_number_that_no_number_can_hold_is_refused_when_it_is_asked_for(text):
    fields = from_json(f'{{"a":{text},"b":1}}'.encode())
    assert fields.get("b") == 1
    with pytest.raises(MalformedRequestError) as refused:
        fields.get("a")
    assert str(refused.value) == "a is not JSON"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", "a number"),
        ("1.5", "a number"),
        ("false", "true or false"),
        ('{"b":1}', "an object"),
        ("[]", "no text"),
    ],
)
def test_where_text_is_needed_nothing_else_will_do(text, found):
    fields = from_json(f'{{"a":{text}}}'.encode())
    for asked in (fields.text, fields.encoded):
        with pytest.raises(InvalidValueError) as refused:
            asked("a")
        assert str(refused.value) == f"a is {found}; expected a string"


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ('"AAA+/w=="', b"AAA+/w=="),
        ('""', b""),
        ('"data:image\\/png;base64,\\/9j\\/4A=="', b"data:image/png;base64,/9j/4A=="),
        ('"\\u0041\\u002f\\n"', b"A/\n"),
        ('"\\"AA\\""', b'"AA"'),
        ('"ä"', "ä".encode()),
    ],
)
def test_base64_in_json_is_found_with_and_without_escapes(text, encoded):
    assert bytes(from_json(f'{{"a": {text} }}'.encode()).encoded("a")) == encoded


def test_a_picture_in_json_is_not_copied():
    fields = from_json(b'{"image":"' + b"A" * 5_000_000 + b'"}')
    assert fields.has("image")
    found = fields.encoded("image")
    assert (type(found), len(found)) == (memoryview, 5_000_000)


@pytest.mark.parametrize(
    ("text", "there"),
    [('"x"', True), ('""', False), ("0", True), ("[]", True), ("null", False), ("false", True)],
)
def test_what_is_empty_is_as_good_as_absent_to_those_who_ask_for_it(text, there):
    assert from_json(f'{{"a":{text}}}'.encode()).has("a") is there
    assert not from_json(b"{}").has("a")
    assert [form_of([("a", value)]).has("a") for value in ("x", "")] == [True, False]


def test_a_url_encoded_form_has_text_of_which_the_last_counts():
    fields = fields_of(b"a=1&b=%C3%A4+x&a=3&c=&%C3%A4=y", f"{FORM}; charset=utf-8")
    assert fields.values == {"a": "3", "b": "ä x", "c": "", "ä": "y"}


@pytest.mark.parametrize(
    ("sent", "encoded"),
    [
        ("image=AA+A/w==", b"AA+A/w=="),
        ("image=AA%2BA%2Fw%3D%3D", b"AA+A/w=="),
        ("image=data:image/png;base64,AA+A&key=k", b"data:image/png;base64,AA+A"),
        ("image=data:image/png;base64,+AA+A&key=k", b"data:image/png;base64,AA+A"),
        ("image=data:image/png;base64,AA%2BA+&key=k", b"data:image/png;base64,AA+A"),
        ("image=AAA+", b"AAA+"),
        ("image=AAAAAA++", b"AAAAAA++"),
        ("image=AAAAA+==+", b"AAAAA+=="),
        ("image=data:text/x+y;base64,AA+A", b"data:text/x y;base64,AA+A"),
        ("image=AA%0AAA", b"AA\nAA"),
        ("image=", b""),
        ("other=1", None),
    ],
)
def test_a_plus_that_became_a_space_in_a_form_is_restored(sent, encoded):
    assert fields_of(sent.encode(), FORM).encoded("image") == encoded


def test_a_list_of_texts_is_an_array_one_text_or_a_field_named_several_times():
    form = fields_of(multipart(("a", b"x", None), ("a", b"y", None), ("b", b"z", None)), MULTIPART)
    assert (form.texts("a"), form.texts("b"), form.texts("c")) == (("x", "y"), ("z",), ())
    assert form.text("a") == "y"
    json_ = from_json(b'{"a": ["x", "y"], "b": "z", "c": [1]}')
    assert (json_.texts("a"), json_.texts("b")) == (("x", "y"), ("z",))
    with pytest.raises(InvalidValueError):
        json_.texts("c")


def test_a_multipart_form_has_text_and_files():
    text = multipart(("a", "ä+ ".encode(), None), ("image", b"\xff\0\r\n--", "../x.png"))
    fields = fields_of(text, MULTIPART)
    assert fields.values == {"a": "ä+ ", "image": b"\xff\0\r\n--"}
    assert fields.encoded("a") == "ä+ ".encode()
    with pytest.raises(InvalidValueError):
        fields.text("image")


@pytest.mark.parametrize(
    ("content_type", "read"),
    [
        ("", "json"),
        ("application/json; charset=utf-8", "json"),
        ("text/plain", "json"),
        ("APPLICATION/X-WWW-FORM-URLENCODED", "form"),
        (" application/x-www-form-urlencoded ;charset=x", "form"),
    ],
)
def test_what_is_not_declared_as_a_form_is_read_as_json(content_type, read):
    body = {"json": b'{"a":"1"}', "form": b"a=1"}
    assert fields_of(body[read], content_type).get("a") == "1"


@pytest.mark.parametrize("name", ["a", "\\ud800"])
def test_text_that_a_form_s_own_character_set_breaks_is_refused(name):
    text = multipart((name, b"\\udfff", None))
    with pytest.raises(MalformedRequestError):
        fields_of(text, f"{MULTIPART}; charset=unicode_escape")


@pytest.mark.parametrize("charset", ["latin-1", "hex", "none-such", "utf-7"])
def test_a_form_s_character_set_never_costs_more_than_its_text(charset):
    fields = fields_of(multipart(("a", b"1 \xff", None)), f"{MULTIPART}; charset={charset}")
    assert fields.text("a") == "1 ÿ"


SAME = [
    (b'{"a":"1","b":[1, 2]}', b'{ "b" :[1, 2] , "a":"1" }'),
    (b'{"a":"1"}', b'{"a":"1","b":null}'),
    (b'{"a":"1"}', b'{"a":"2","a":"1"}'),
]
DIFFERENT = [b"{}", b'{"a":"1"}', b'{"a":"2"}', b'{"b":"1"}', b'{"a":1}', b'{"a":"1","b":""}']
DIFFERENT += [b'{"a":"1b"}', b'{"a1":"b"}', b'{"a\\u0000":"1"}']


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_order_of_fields_does_not_change_their_fingerprint(one, other):
    assert from_json(one).fingerprint("/x") == from_json(other).fingerprint("/x")


def test_whatever_else_differs_changes_the_fingerprint():
    assert len({from_json(body).fingerprint("/x") for body in DIFFERENT}) == len(DIFFERENT)
    forms = [form_of([("a", "1")]), Fields({"a": b"2"}), Fields({"a": b"ab", "b": b"c"})]
    forms += [Fields({"a": b"a", "b": b"bc"}), Fields({"a": b"a\0001\0b", "b": b""})]
    assert len({fields.fingerprint("/x") for fields in forms}) == len(forms)


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(names, values, max_size=6), st.booleans())
def test_any_json_object_is_read_as_python_reads_it(document, plain):
    fields = from_json(json.dumps(document, ensure_ascii=plain).encode())
    assert {name: fields.get(name) for name in document} == document


@given(st.binary(max_size=200) | st.text('[]{}",:0123eE.-+tfn \\u', max_size=60).map(str.encode))
def test_no_body_whatever_makes_more_than_an_error_of_ours(body):
    with suppress(MalformedRequestError, InvalidValueError):
        fields = from_json(body)
        for name in fields.values:
            fields.get(name)
            fields.encoded(name)


def test_the_corpus_of_json_bodies_is_read_or_refused_and_soon(shared):
    cases = json.loads((shared / "corpus/requests/json_bodies.json").read_text())["cases"]
    readable = {"negative_zero", "width_float", "width_negative", "width_zero", "nul_in_key"}
    readable |= {"huge_int", "huge_int_5000", "key_1MB", "proto_pollution", "webhook_private"}
    started = time.perf_counter()
    for case in cases:
        body = base64.b64decode(case["body_b64"])
        if case["id"] in readable:
            assert from_json(body).has("key") or case["id"] == "nul_in_key", case["id"]
        else:
            assert refusal(body), case["id"]
    assert (len(cases) >= 18, time.perf_counter() - started < 5) == (True, True)


LONG = "A" * 100_000


@pytest.mark.parametrize(
    ("body", "members"),
    [
        (f'{{"key":"k","a":"{LONG}","b":true}}', {"key": "k", "a": LONG, "b": True}),
        (f' {{ "a" : "{LONG}" }} ', {"a": LONG}),
        (f'{{"a":"größe {LONG} 😀"}}', {"a": f"größe {LONG} 😀"}),
        (f'{{"a":"{LONG}","a":"x"}}', {"a": "x"}),
        (f'{{"a":"x","a":"{LONG}"}}', {"a": LONG}),
        (f'{{"a":["{LONG}"]}}', {"a": [LONG]}),
        (f'{{"{LONG}":"a"}}', {LONG: "a"}),
        (f'{{"a":"\\n{LONG}"}}', {"a": f"\n{LONG}"}),
        (f'{{"a":{" " * 100_000}"x","b":1}}', {"a": "x", "b": 1}),
        (f'{{"a":"x"{" " * 100_000},"b":1}}', {"a": "x", "b": 1}),
        (f'{{"a":"{LONG}","b":"{LONG}"}}', {"a": LONG, "b": LONG}),
    ],
)
def test_a_body_that_is_mostly_one_string_means_the_same(body, members):
    fields = from_json(body.encode())
    assert {name: fields.get(name) for name in fields.values} == members


@pytest.mark.parametrize(
    "body",
    [
        f'{{"a":"{LONG}"',
        f'{{"a":"{LONG}}}',
        f'{{"a":{LONG}}}',
        f'{{"a":"x"{LONG}"y"}}',
        f'{{"a":"{LONG}"}}x',
        f'["{LONG}"]',
        f'"{LONG}"',
        *(f'{{"a":"{LONG}{space}"}}' for space in "\n\r\t\v\f"),
    ],
)
def test_a_body_that_is_mostly_one_string_and_no_object_is_refused(body):
    assert "is not a JSON object" in refusal(body.encode())


def test_what_json_does_not_allow_in_a_long_string_is_found_when_it_is_read_as_text():
    fields = from_json(f'{{"a":"{LONG}\0"}}'.encode())
    with pytest.raises(MalformedRequestError):
        fields.get("a")

"""Pack: what is worth most, within the budget, and what is vital in any case."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from supervisor.compaction.plan.budget import fit, tokens
from supervisor.compaction.plan.pack import LEAST, LINE, Item, Packed, Part, pack

from ...generated import examples


def words(count: int, sign: str = "x") -> str:
    """A text of exactly so many tokens."""
    return sign * 4 * count


def texts(packed: list[Packed]) -> list[list[str]]:
    return [part.kept for part in packed]


def used(packed: list[Packed]) -> int:
    return sum(part.tokens for part in packed)


ITEM = st.builds(
    Item,
    text=st.integers(1, 120).map(words),
    worth=st.integers(0, 100).map(float),
    detail=st.sampled_from(["", words(20)]),
    short=st.sampled_from(["", words(5)]),
    unless=st.sampled_from(["", "xx", "never said"]),
)
VITAL = st.builds(
    Item,
    text=st.integers(1, 900).map(words),
    worth=st.integers(0, 100).map(float),
    vital=st.just(True),
)
PARTS = st.lists(
    st.builds(
        Part,
        key=st.sampled_from(["a", "b", "c"]),
        items=st.lists(st.one_of(ITEM, ITEM, VITAL), max_size=6).map(tuple),
        share=st.sampled_from([0.05, 0.3, 1.0]),
    ),
    max_size=5,
)


@examples(150)
@given(PARTS, st.integers(0, 900))
def test_the_budget_holds_whatever_is_to_be_packed(parts: list[Part], budget: int) -> None:
    packed = pack(parts, budget)
    assert used(packed) <= budget
    assert [len(part.texts) for part in packed] == [len(part.items) for part in parts]
    assert [part.key for part in packed] == [part.key for part in parts]


@examples(150)
@given(PARTS, st.integers(200, 900))
def test_what_is_vital_is_always_there(parts: list[Part], budget: int) -> None:
    """At worst shortened, as long as there is a line for each."""
    vital = [(p, i) for p, part in enumerate(parts) for i, it in enumerate(part.items) if it.vital]
    packed = pack(parts, budget)
    if len(vital) * LEAST <= budget:
        assert all(packed[p].texts[i] for p, i in vital)


@examples(100)
@given(PARTS, st.integers(0, 900))
def test_what_is_not_vital_is_as_it_was_or_short_or_left_out(
    parts: list[Part], budget: int
) -> None:
    for part, packed in zip(parts, pack(parts, budget), strict=True):
        for item, text in zip(part.items, packed.texts, strict=True):
            if not item.vital:
                whole = f"{item.text}\n{item.detail}"
                assert text in (None, item.text, item.short, whole)


def test_what_is_vital_is_not_crowded_out_by_what_fits() -> None:
    """The cheap ones would have taken all the room before the long one's turn."""
    cheap = Part("cheap", tuple(Item(words(10, sign), 50.0) for sign in "abcdefghij"))
    for share in (0.05, 1.0):
        long = Part("long", (Item(words(300, "v"), 97.0, vital=True),), share)
        packed = pack([cheap, long], 110)
        assert packed[1].kept and packed[1].kept[0].startswith("vvv")
    plain = Part("long", (Item(words(300, "v"), 97.0),))
    assert pack([cheap, plain], 110)[1].kept == []  # what is not vital is


def test_the_first_of_two_that_are_vital_leaves_room_for_the_second() -> None:
    two = Part("two", tuple(Item(words(300, sign), 99.0, vital=True) for sign in "vw"))
    first, second = pack([two], 100)[0].texts
    assert first and second and first.startswith("vv") and second.startswith("ww")


def test_worth_decides_and_the_order_stays() -> None:
    low, high, mid = (words(10, sign) for sign in "lhm")
    part = Part("a", (Item(low, 1.0), Item(high, 9.0), Item(mid, 5.0)))
    assert texts(pack([part], 2 * (tokens(high) + LINE))) == [[high, mid]]
    assert texts(pack([part], 99)) == [[low, high, mid]]


def test_each_part_has_its_share_before_others_may_take_more() -> None:
    greedy = Part("greedy", tuple(Item(words(10, sign), 90.0) for sign in "abcdefghij"), 0.5)
    modest = Part("modest", (Item(words(40, "m"), 10.0),), 0.5)
    packed = pack([greedy, modest], 100)
    assert packed[1].kept and packed[0].left_out == 5
    without = pack([Part("greedy", greedy.items, 1.0), modest], 100)
    assert without[1].kept == []


def test_what_is_left_is_given_away_in_round_two() -> None:
    items = tuple(Item(words(10, sign), 50.0) for sign in "abcdefgh")
    packed = pack([Part("a", items, 0.25), Part("b", (Item("little", 1.0),), 0.25)], 100)
    assert packed[0].left_out == 0 and packed[1].kept == ["little"]


def test_a_short_one_stands_in_and_gives_way_where_there_is_room() -> None:
    long = Part("a", (Item(words(50), 50.0, short="short"),), 0.2)
    assert texts(pack([long], 40)) == [["short"]]
    assert texts(pack([long], 60)) == [[words(50)]]  # put there in round one, replaced in two


def test_what_is_said_already_is_left_out() -> None:
    said = Part("said", (Item("the order is ord-17 here", 50.0),))
    value = Part("value", (Item("ord-17 — a line", 40.0, unless="ord-17"),))
    assert texts(pack([said, value], 99)) == [["the order is ord-17 here"], []]
    assert texts(pack([value], 99)) == [["ord-17 — a line"]]
    first = Part("value", (Item("ord-17 — a line", 60.0, unless="ord-17"),))
    assert texts(pack([said, first], 99)) == [["the order is ord-17 here"], ["ord-17 — a line"]]


def test_details_come_last_and_only_behind_what_stands_whole() -> None:
    shown = Item("call", 50.0, detail=words(20, "d"), detail_worth=1.0)
    other = Item(words(30, "o"), 1.0)
    assert texts(pack([Part("a", (shown, other))], 40)) == [["call", words(30, "o")]]
    assert texts(pack([Part("a", (shown, other))], 90)) == [
        [f"call\n{words(20, 'd')}", words(30, "o")]
    ]
    short = Item(words(90, "l"), 50.0, detail="more", detail_worth=1.0, short="short")
    assert texts(pack([Part("a", (short,))], 60)) == [["short"]]


def test_the_detail_that_is_worth_most_is_added_first() -> None:
    items = tuple(
        Item(f"call {worth}", 50.0, detail=words(20, "d"), detail_worth=worth)
        for worth in (1.0, 3.0, 2.0)
    )
    kept = pack([Part("a", items)], 40)[0].kept
    assert ["\n" in text for text in kept] == [False, True, False]


def test_nothing_at_all_is_packed_as_nothing() -> None:
    assert pack([], 100) == []
    assert texts(pack([Part("a", ())], 100)) == [[]]
    assert texts(pack([Part("a", (Item("x" * 50, 100.0),))], 0)) == [[]]
    assert fit("", 0) == ""

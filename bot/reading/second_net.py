"""The net of the second reader: what its weights are, and how a text's words become margins.

A word is the sum of rows of a table (second_view.py). Three layers look at a word with its neighbours, the last one a
word further off; what they find anywhere, and on the whole, speaks for or against each of NAMES. The same few lines
read a text (numpy) and learn from many (jax, second_train.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bot.reading.second_view import BUCKETS
from messages.conversation import Intent
from messages.flags import SIGNS

HEADS = ("person", "danger", "emergency")  # the three questions
WISHES = (Intent.OPT_OUT, Intent.OPT_IN, Intent.HELP, Intent.WRONG_NUMBER)
NAMES: tuple[str, ...] = (*HEADS, *SIGNS, *WISHES)
WIDTH = 64  # numbers of a word
HIDDEN = 128  # of a word with its neighbours
FAR = 2  # places that the last layer looks away

Array = Any  # of numpy or of jax, which share the functions used here


class Net(NamedTuple):
    """The weights. `table` comes last: it is kept in whole bytes, the others as they are."""

    denied: Array  # (WIDTH,), added to a word under a denial
    between: Array  # (WIDTH,), what stands between two sentences
    near: Array  # (3 * WIDTH, HIDDEN), a word and its neighbours
    near_bias: Array
    more: Array  # (3 * HIDDEN, HIDDEN), the same once more
    more_bias: Array
    far: Array  # (3 * HIDDEN, HIDDEN), a word and those two places off
    far_bias: Array
    out: Array  # (2 * HIDDEN + WIDTH, len(NAMES))
    out_bias: Array
    table: Array  # (BUCKETS, WIDTH)


SHAPES = Net(
    denied=(WIDTH,),
    between=(WIDTH,),
    near=(3 * WIDTH, HIDDEN),
    near_bias=(HIDDEN,),
    more=(3 * HIDDEN, HIDDEN),
    more_bias=(HIDDEN,),
    far=(3 * HIDDEN, HIDDEN),
    far_bias=(HIDDEN,),
    out=(2 * HIDDEN + WIDTH, len(NAMES)),
    out_bias=(len(NAMES),),
    table=(BUCKETS, WIDTH),
)


class Found(NamedTuple):
    """What the layers make of words: of each as it stands, and with its neighbours. Nought where no word is."""

    alone: Array  # (texts, words, WIDTH)
    told: Array  # (texts, words, HIDDEN)


class Summed(NamedTuple):
    """What was found in whole texts."""

    most: Array  # (texts, HIDDEN), the most that was told of any word
    told: Array  # (texts, HIDDEN), of all
    alone: Array  # (texts, WIDTH)
    words: Array  # (texts, 1), how many there are


def _as_it_is(_layer: int, values: Array) -> Array:
    return values


def find(
    net: Net, alone: Array, here: Array, xp: Any = np, drop: Callable[[int, Array], Array] = _as_it_is
) -> Found:
    """The layers, over the vectors of words; `here`, (texts, words, 1), is 1 where a word is and 0 where none is.

    `xp` is numpy or jax.numpy; `drop` thins a layer's values in training.
    """
    alone = drop(0, alone * here)
    near = drop(1, xp.maximum(_beside(alone, 1, xp) @ net.near + net.near_bias, 0) * here)
    more = drop(2, (xp.maximum(_beside(near, 1, xp) @ net.more + net.more_bias, 0) + near) * here)
    far = (xp.maximum(_beside(more, FAR, xp) @ net.far + net.far_bias, 0) + more) * here
    return Found(alone, far)


def margins(
    net: Net, summed: Summed, xp: Any = np, drop: Callable[[int, Array], Array] = _as_it_is
) -> Array:
    """(texts, len(NAMES)): above nought, more likely than not."""
    shared = xp.sqrt(summed.words + 1)
    whole = xp.concatenate([summed.most, summed.told / shared, summed.alone / shared], axis=-1)
    return drop(3, whole) @ net.out + net.out_bias


def _beside(values: Array, step: int, xp: Any) -> Array:
    """Each word's values between those of the words `step` places before and behind it, nought beyond the ends."""
    none = xp.zeros_like(values[:, :step])
    before, behind = [none, values[:, :-step]], [values[:, step:], none]
    return xp.concatenate([xp.concatenate(before, axis=1), values, xp.concatenate(behind, axis=1)], axis=-1)

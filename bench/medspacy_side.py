"""medspaCy's side of bench/readers.py. Runs in medspaCy's own environment and imports nothing of Hearback.

Reads {"rules": [[phrase, sign], ...], "texts": [...], "rounds": n} from standard input; the last line it prints is
{"signs": [[...], ...], "milliseconds": of one text}. A sign that ConText calls negated, historical,
hypothetical or a relative's is not counted.
"""

import json
import statistics
import sys
import time

import medspacy
from loguru import logger
from medspacy.ner import TargetRule


def main() -> None:
    asked = json.load(sys.stdin)
    logger.remove()  # its sentence splitter writes a line a text
    nlp = medspacy.load(medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"])
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(words, sign) for words, sign in asked["rules"]])
    signs = [_signs(nlp(text)) for text in asked["texts"]]
    spans = []
    for _ in range(asked["rounds"]):
        start = time.perf_counter()
        for text in asked["texts"]:
            nlp(text)
        spans.append((time.perf_counter() - start) / max(1, len(asked["texts"])) * 1000)
    print(json.dumps({"signs": signs, "milliseconds": statistics.median(spans)}))


def _signs(doc) -> list:
    return sorted(
        {
            one.label_
            for one in doc.ents
            if not (one._.is_negated or one._.is_historical or one._.is_hypothetical or one._.is_family)
        }
    )


if __name__ == "__main__":
    main()

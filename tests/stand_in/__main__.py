"""The stand-in as a program: see `tests.stand_in`."""

import argparse
import threading

from tests.stand_in import TwilioStandIn


def main() -> None:
    """Serve until interrupted, printing every text that came and went."""
    parser = argparse.ArgumentParser(prog="python -m tests.stand_in", description=__doc__)
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--webhook", required=True, help="base URL of the web process")
    parser.add_argument("--public-url", default="", help="HEARBACK_PUBLIC_URL, if it is not --webhook")
    parser.add_argument("--account-sid", default="AC" + "0" * 32)
    parser.add_argument("--auth-token", default="stand-in-token")
    stand_in = TwilioStandIn(**vars(parser.parse_args()), lively=True).start()
    print(f"A stand-in for Twilio listens on {stand_in.url}; interrupt to stop.", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        stand_in.stop()


if __name__ == "__main__":
    main()

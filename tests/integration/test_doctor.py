"""`hearback doctor`: what is not in order is told with its mend."""

from __future__ import annotations



"""What meets the world: texts in, pages, commands."""

import os

# A text is a few words: a second thread of numpy costs many times what it saves. numpy asks when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

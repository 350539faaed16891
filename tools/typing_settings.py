"""Django's settings for the type checker: as they are, over a data directory that is thrown away."""

import os
import tempfile

os.environ["EVERYCALL_DATA"] = tempfile.mkdtemp(prefix="everycall-types-")

from everycall.web.settings import *  # noqa: F403  after the directory is set

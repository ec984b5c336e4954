"""jionlp is loaded beside whatever else the process does."""

import subprocess
import sys
from pathlib import Path

import dialogs

_LOADS_IN_A_THREAD = """
import threading
from dialogs.fields import jio
loading = threading.Thread(target=jio.warm_up)
loading.start()
count = 0
while loading.is_alive():
    print(count)
    count += 1
    loading.join(0.001)
print("lines", count)
"""


def test_what_other_threads_print_while_it_loads_is_printed_and_its_banner_is_not() -> None:
    """An administrator is told addresses and passwords while a thread warms up."""
    run = (sys.executable, "-W", "ignore", "-c", _LOADS_IN_A_THREAD)
    root = Path(dialogs.__file__).parents[1]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True, timeout=120)
    *lines, last = done.stdout.splitlines()
    assert last == f"lines {len(lines)}"
    assert lines == [str(count) for count in range(len(lines))]
    assert len(lines) > 10, "it was loaded before anything was printed"

"""One rebuild at a time for the whole process, in its own thread, so that asking goes on meanwhile.

Knows nothing of streamlit, and of the index only that it can be built.
"""

import logging
import threading
from collections.abc import Callable

from index.errors import ZhinanError

Progress = Callable[[str, float], None]


class Rebuild:
    """The state of the running or last rebuild, read by every open page while a thread writes it."""

    def __init__(self) -> None:
        self.stage = ""
        self.share = 0.0
        self.error = ""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether a rebuild is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, build: Callable[[Progress], object]) -> None:
        """Begin `build(progress)`; nothing happens when one is already under way."""
        with self._lock:
            if self.running:
                return
            self.stage, self.share, self.error = "正在准备", 0.0, ""
            self._thread = threading.Thread(target=self._run, args=(build,), daemon=True, name="rebuild")
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Return when the rebuild has ended, or after so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, build: Callable[[Progress], object]) -> None:
        try:
            build(self._report)
        except ZhinanError as error:
            self.error = str(error)
        except Exception:
            logging.getLogger(__name__).exception("rebuild failed")
            self.error = "重建索引时出了意外，原来的索引没有变动；详情在运行窗口里。"

    def _report(self, stage: str, share: float) -> None:
        self.stage, self.share = stage, max(0.0, min(share, 1.0))

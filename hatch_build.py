"""What the wheel carries beside the code: the pages' libraries out of `node_modules`, and the compiled catalogues.

Both are made here and not committed. A wheel built without `node_modules` would show bare pages, so building it is
refused with what to do; an editable install (a checkout) needs nothing, `make setup` copies the files itself.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before files are chosen for the wheel."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from setia.web import i18n, vendor

            if (root / "node_modules").is_dir():
                vendor.copy(root / "node_modules")
            elif not (vendor.TARGET / "tabler.min.css").exists():
                raise RuntimeError("node_modules is missing: run `npm ci --ignore-scripts` before building the wheel.")
            i18n.compile_all()
        finally:
            sys.path.remove(str(root / "src"))

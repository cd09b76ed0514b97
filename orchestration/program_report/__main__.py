"""`make report`: write the program owner's page from what is published, and say where it is."""

from __future__ import annotations

from orchestration.cli import run_command
from orchestration.program_report.page import write_page
from orchestration.settings import load_settings, shown


def main() -> None:
    print(
        f"Program health   {shown(write_page(load_settings()))}: opens in any browser, prints on A4"
    )


if __name__ == "__main__":
    run_command(main)

"""``make demo``: a synthetic region, the portal, and real nights under Airflow."""

import sys

from demo.drive import DemoFailed, next_night, start, stop

COMMANDS = {"start": start, "next": next_night, "stop": stop}


def main() -> int:
    """Does the command; 0 when it went well."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in COMMANDS:
        print(f"usage: python -m demo {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[command]()
    except DemoFailed as error:
        print(f"\nThe demo stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; make demo-stop stops what is running", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

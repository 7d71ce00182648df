"""Executes a notebook with nbclient, writes it and, if asked, an HTML page; prints one line of JSON per event."""
import argparse
import json
import os
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook")
    parser.add_argument("output")
    parser.add_argument("--html")
    parser.add_argument("--kernel", default="touchstone")
    return parser.parse_args()


def say(**event):
    print(json.dumps(event), flush=True)


def title(cell):
    """The first line of a cell that says something."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    return (lines or [""])[0][:100]


def failed_outputs(cell):
    return [output for output in cell.get("outputs", []) if output["output_type"] == "error"]


def text_of(message):
    """What a message shows, in one line; empty if it shows no text."""
    content = message["content"]
    text = content.get("text") or content.get("data", {}).get("text/plain") or ""
    lines = [line.strip() for line in "".join(text).splitlines() if line.strip()]
    return lines[-1][:100] if lines else ""


class TellingClient(NotebookClient):
    """A client that says what a running cell shows: its progress, its prints."""

    def process_message(self, message, cell, cell_index):
        text = text_of(message) if message["msg_type"] in ("stream", "display_data", "update_display_data") else ""
        if text:
            say(event="note", text=text)
        return super().process_message(message, cell, cell_index)


def execute(notebook, folder, kernel):
    """Runs all cells; returns whether they all went well."""
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
    numbers = {index: number for number, index in enumerate(code, 1)}
    state = {"number": 0}

    def on_start(cell, cell_index):
        if cell_index in numbers:
            state["number"] = numbers[cell_index]
            say(event="cell", number=numbers[cell_index], of=len(code), title=title(cell))

    client = TellingClient(notebook, kernel_name=kernel, timeout=None, startup_timeout=60,
                           resources={"metadata": {"path": folder}}, on_cell_execute=on_start)
    try:
        client.execute()
    except CellExecutionError as error:
        say(event="failed", number=state["number"], name=error.ename, message=error.evalue, traceback=traceback_of(notebook, error))
        return False
    except (DeadKernelError, RuntimeError) as error:
        say(event="failed", number=state["number"], name=type(error).__name__, message=str(error), traceback=str(error))
        return False
    return True


def traceback_of(notebook, error):
    for cell in notebook.cells:
        for output in failed_outputs(cell):
            return "\n".join(output["traceback"])
    return str(error)


def write_page(notebook, path, name):
    from nbconvert import HTMLExporter

    body, _ = HTMLExporter().from_notebook_node(notebook, resources={"metadata": {"name": name}})
    with open(path, "w", encoding="utf-8") as file:
        file.write(body)


def main():
    given = arguments()
    notebook = nbformat.read(given.notebook, as_version=4)
    well = execute(notebook, os.path.dirname(os.path.abspath(given.notebook)), given.kernel)
    nbformat.write(notebook, given.output)
    if given.html:
        write_page(notebook, given.html, os.path.splitext(os.path.basename(given.notebook))[0])
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

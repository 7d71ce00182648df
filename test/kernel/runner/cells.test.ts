import { expect, test } from "vitest";

import type { Program } from "../../../kernel/link.js";
import { createCells, keepProgram } from "../../../kernel/runner/cells.js";
import { describeFailure } from "../../../kernel/runner/failures.js";

const program = (cell: number): Program => ({
  cell,
  count: cell,
  text: { source: "x", translated: "x", edits: [] },
  output: "x",
  maps: [],
  lastValue: null,
  imports: [],
  sideFiles: [],
});

test("the last 500 programs are kept, and a frame of an older one names no line", () => {
  const cells = createCells();
  for (let cell = 1; cell <= 510; cell++) keepProgram(cells, program(cell));
  expect([cells.programs.size, cells.programs.has(10), cells.programs.has(11)]).toEqual([500, false, true]);
  const error = new Error("late");
  error.stack = "Error: late\n    at later (cell-7:40:5)\n    at cell-510:2:1";
  expect(describeFailure(error, cells.programs).traceback.filter((line) => line.startsWith("    at"))).toEqual([
    "    at a cell of long ago",
    "    at cell 510:1:1",
  ]);
});

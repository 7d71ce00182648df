import { PassThrough } from "node:stream";

import { expect, test } from "vitest";

import { progressLine } from "../../../kernel/setup/progress-line.js";

test("outside a terminal a piece of work has a first and a last line, with its note and its time", () => {
  const stream = new PassThrough({ encoding: "utf8" });
  const line = progressLine(stream);
  line.start("[1/2] libraries");
  line.note("12 MB of 274 MB");
  line.end("done");
  expect(stream.read()).toBe("[1/2] libraries · 0 s\n[1/2] libraries · done · 0 s\n");
});

test("in a terminal the line is rewritten, cut to the width, and ended once", () => {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true, columns: 12 });
  const line = progressLine(stream);
  line.start("a long piece of work");
  line.end("done");
  expect(stream.read()).toBe("\r\u001b[Ka long piec\r\u001b[Ka long piec\n");
});

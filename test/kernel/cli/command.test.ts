import { expect, test } from "vitest";

import { readOptions } from "../../../kernel/cli/command.js";

const OPTIONS = { prefix: { type: "string" }, user: { type: "boolean" } } as const;

test.each([
  [[], {}],
  [["--user"], { user: true }],
  [["--prefix", "/p"], { prefix: "/p" }],
  [["--prefix=/p", "--user"], { prefix: "/p", user: true }],
])("%j is read as %j", (args, options) => {
  expect(readOptions("install", args, OPTIONS)).toEqual(options);
});

test.each([
  [["--usr"], /option of install: found no "usr".*did you mean "user"/i],
  [["--prefix"], /install --prefix: found no value/],
  [["here"], /install: found "here", expected options only/],
])("%j is refused with the reason", (args, message) => {
  expect(() => readOptions("install", args, OPTIONS)).toThrow(message);
});

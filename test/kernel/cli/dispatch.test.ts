import { afterEach, expect, test, vi } from "vitest";

import { dispatch } from "../../../kernel/cli/dispatch.js";

afterEach(() => vi.restoreAllMocks());

test.each([[[]], [["help"]], [["--help"]]])("the words %j list every command", async (words) => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await dispatch(words)).toBe(0);
  const text = String(log.mock.calls[0][0]);
  for (const command of ["demo", "help", "install", "lab", "setup"]) expect(text).toContain(`touchstone ${command}`);
});

test("an unknown command gets the nearest name and status 2", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await dispatch(["demmo"])).toBe(2);
  expect(error.mock.calls[0][0]).toMatch(/no "demmo".*"demo"/);
});

test("two places for the kernel are refused before any work", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await dispatch(["install", "--user", "--prefix", "/p"])).toBe(2);
  expect(error.mock.calls[0][0]).toMatch(/one place at most/);
});

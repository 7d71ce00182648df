import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, vi } from "vitest";

import { MissingPrerequisites, missingCompiler, missingSpace, nodeHeaders } from "../../../kernel/setup/prerequisites.js";
import { temporaryFolder } from "./temporary-folder.js";

test("the message has one line for each missing thing, with its remedy", () => {
  const error = new MissingPrerequisites([
    { what: "a compiler", remedy: "install g++" },
    { what: "disk space", remedy: "free some" },
  ]);
  expect(error.message.split("\n")).toEqual(["missing: a compiler; install g++", "missing: disk space; free some"]);
});

test("a compiler that does not run is missing by the name that CXX gives it", async () => {
  vi.stubEnv("CXX", "no-such-compiler");
  const [missing] = await missingCompiler();
  expect(missing.what).toContain("no-such-compiler");
  vi.unstubAllEnvs();
});

test("a compiler that runs is not missing", async () => {
  const program = join(temporaryFolder(), "cxx");
  writeFileSync(program, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  vi.stubEnv("CXX", program);
  expect(await missingCompiler()).toEqual([]);
  vi.unstubAllEnvs();
});

test("too little disk space is told with both numbers and the place", async () => {
  const cache = temporaryFolder();
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
  const [missing] = await missingSpace(1e18);
  expect(missing.what).toMatch(/1000000000\.0 GB needed, \d+\.\d GB free/);
  expect(missing.what).toContain(cache);
  expect(await missingSpace(1)).toEqual([]);
  vi.unstubAllEnvs();
});

test("Node's headers are taken from npm_config_nodedir first", async () => {
  const folder = temporaryFolder();
  const { mkdirSync } = await import("node:fs");
  mkdirSync(join(folder, "include", "node"), { recursive: true });
  writeFileSync(join(folder, "include", "node", "node_api.h"), "");
  vi.stubEnv("npm_config_nodedir", folder);
  expect(await nodeHeaders()).toBe(join(folder, "include", "node"));
  vi.unstubAllEnvs();
});

import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { openStudy } from "../../lib/study/index.js";

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "study-"));

test("a study is open in one process at a time, which is named", async () => {
  const folder = await newFolder();
  const study = await openStudy(folder);
  await expect(openStudy(folder)).rejects.toThrow(/open in this process itself/);
  await study.close();
  await (await openStudy(folder)).close();
  expect((await readdir(folder)).sort()).toEqual(["records", "study.json"]);
});

test.each([
  ["a process that is gone", { pid: 2 ** 22 + 1, host: hostname(), processStart: "1", since: "then" }],
  [
    "an earlier process with the number of a living one",
    { pid: process.pid, host: hostname(), processStart: "1", since: "then" },
  ],
])("the lock of %s is taken over", async (_, holder) => {
  const folder = await newFolder();
  await writeFile(join(folder, "lock.json"), JSON.stringify(holder));
  const study = await openStudy(folder);
  expect(await readFile(join(folder, "lock.json"), "utf8")).toContain(`"pid":${process.pid}`);
  await study.close();
});

test("the lock of another machine is respected", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "lock.json"), JSON.stringify({ pid: 1, host: "elsewhere", processStart: null, since: "then" }));
  await expect(openStudy(folder)).rejects.toThrow(/process 1 on elsewhere.*delete/s);
});

test("a study.json of another program is refused and its lock given back", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "study.json"), '{"format": "other"}');
  await expect(openStudy(folder)).rejects.toThrow(/study\.json: found a study of the format "other"/);
  expect(await readdir(folder)).not.toContain("lock.json");
});

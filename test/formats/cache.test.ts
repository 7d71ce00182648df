import { mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { cached, cachedEntry, draftEntry, readJson, writeJson } from "../../lib/formats/index.js";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  vi.stubEnv("TOUCHSTONE_CACHE", cache);
});

const fill = (text: string) => (folder: string) => writeFile(join(folder, "a.txt"), text);
const textOf = (folder: string): string => readFileSync(join(folder, "a.txt"), "utf8");

test("an entry is made once, and taken as it is from then on", async () => {
  const make = vi.fn(fill("first"));
  expect(textOf(await cached("kind/name", make))).toBe("first");
  expect(textOf(await cached("kind/name", make))).toBe("first");
  expect(make).toHaveBeenCalledTimes(1);
});

describe("an entry is made anew where", () => {
  const damages: [string, (file: string) => void][] = [
    ["a file was edited", (file) => writeFileSync(file, "fIrst")],
    ["a file was cut", (file) => writeFileSync(file, "fir")],
    ["its manifest is broken", (file) => writeFileSync(join(file, "..", "entry.json"), "{}")],
  ];
  test.each(damages)("%s", async (_, damage) => {
    const folder = await cached("name", fill("first"));
    damage(join(folder, "a.txt"));
    utimesSync(join(folder, "a.txt"), 1, 1);
    expect(await cachedEntry("name")).toBeUndefined();
    expect(textOf(await cached("name", fill("second")))).toBe("second");
  });
});

test("an entry whose files only moved in time is still whole", async () => {
  const folder = await cached("name", fill("first"));
  utimesSync(join(folder, "a.txt"), 1, 1);
  expect(await cachedEntry("name")).toBe(folder);
});

test("work that fails leaves no entry and no rest", async () => {
  const failing = cached("name", () => Promise.reject(new Error("no space")));
  await expect(failing).rejects.toThrow("no space");
  expect(readdirSync(cache)).toEqual([]);
});

test("a draft is no entry until it is published, and discarding it afterwards removes nothing", async () => {
  const draft = await draftEntry("name");
  await fill("first")(draft.folder);
  expect(await cachedEntry("name")).toBeUndefined();
  const folder = await draft.publish();
  await draft.discard();
  expect(await cachedEntry("name")).toBe(folder);
  expect(readdirSync(cache)).toEqual(["name"]);
});

test("of two drafts of one entry the first that is published stays", async () => {
  const [slow, fast] = [await draftEntry("name"), await draftEntry("name")];
  await fill("fast")(fast.folder);
  await fill("slow")(slow.folder);
  await fast.publish();
  expect(textOf(await slow.publish())).toBe("fast");
  await slow.discard();
  expect(readdirSync(cache)).toEqual(["name"]);
});

test("an old draft of a process that is gone is removed, a fresh one or a living one's is not", async () => {
  const gone = 2 ** 22 + 1; // above Linux's largest process id
  for (const [name, seconds] of [
    [`name.${gone}-00000000.tmp`, 1],
    [`name.${gone}-11111111.tmp`, Date.now() / 1000],
    [`name.${process.pid}-22222222.tmp`, 1],
    [`other.${gone}-33333333.tmp`, 1],
  ] as const) {
    mkdirSync(join(cache, name));
    utimesSync(join(cache, name), seconds, seconds);
  }
  await (await draftEntry("name")).discard();
  const left = readdirSync(cache).map((name) => name.slice(-12, -4));
  expect(left.sort()).toEqual(["11111111", "22222222", "33333333"]);
});

describe("a JSON file", () => {
  test("reads back as it was written", async () => {
    const path = join(cache, "a.json");
    await writeJson(path, { a: [1, "x", null] });
    expect(await readJson(path, (value) => value)).toEqual({ a: [1, "x", null] });
  });

  test("that is torn, or that its reader refuses, is an InputError that names it", async () => {
    const path = join(cache, "a.json");
    writeFileSync(path, '{"a": [1, ');
    await expect(readJson(path, (value) => value)).rejects.toThrow(InputError);
    await expect(readJson(path, (value) => value)).rejects.toThrow(path);
    writeFileSync(path, "{}");
    const refuse = () => {
      throw new Error("not mine");
    };
    await expect(readJson(path, refuse)).rejects.toThrow(/not mine/);
  });
});

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { openLayered } from "../../lib/formats/layered-files.js";

const WANTED = ["data/stereotype/generations"];
let work: string;

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "archives-"));
  vi.stubEnv("TOUCHSTONE_CACHE", join(work, "cache"));
});
afterEach(() => vi.unstubAllEnvs());

async function archive(dir: string, content: string, member: readonly string[] = ["data"]): Promise<string> {
  const folder = join(work, dir);
  await mkdir(join(folder, "data/stereotype/generations"), { recursive: true });
  await writeFile(join(folder, "data/stereotype/generations/a.csv"), content);
  await symlink("/etc/hostname", join(folder, "data/stereotype/generations/link"));
  const target = join(work, `${dir}-out`);
  await mkdir(target);
  const options = ["--exclude", member.includes("with-link") ? "nothing" : "link"];
  execFileSync("tar", [
    "--create",
    "-P",
    "--file",
    join(target, "x.tar"),
    "--directory",
    folder,
    ...options,
    ...member.filter((name) => name !== "with-link"),
  ]);
  return target;
}

test("an earlier DIR lies over a later one, and a plain folder over its own archives", async () => {
  const [first, second] = [await archive("first", "1"), await archive("second", "2")];
  const files = await openLayered([first, second], WANTED);
  expect((await files.read("data/stereotype/generations/a.csv")).toString()).toBe("1");
  expect(await files.locate("data/other.csv")).toBeUndefined();
  await mkdir(join(first, "data/stereotype/generations"), { recursive: true });
  await writeFile(join(first, "data/stereotype/generations/a.csv"), "0");
  expect((await files.read("data/stereotype/generations/a.csv")).toString()).toBe("0");
  expect(await files.list("data/stereotype/generations")).toEqual(["a.csv"]);
});

test.each([
  ["a link", ["data", "with-link"], /the entry .*link/],
  ["a name that leads outside", ["data", "../cache-of-another"], /the entry "\.\.\/cache-of-another/],
])("an archive with %s is refused", async (_, member, message) => {
  await mkdir(join(work, "cache-of-another"));
  await expect(openLayered([await archive("bad", "1", member)], WANTED)).rejects.toThrow(message);
});

test("the digest is of names and bytes that were read, whatever the order and however often", async () => {
  for (const name of ["a", "b"]) await writeFile(join(work, name), name);
  const digestAfter = async (...paths: string[]): Promise<string> => {
    const files = await openLayered([work], []);
    for (const path of paths) await files.read(path);
    return files.digest();
  };
  const both = await digestAfter("a", "b");
  expect(await digestAfter("b", "a", "b")).toBe(both);
  expect(await digestAfter("a")).not.toBe(both);
  await writeFile(join(work, "b"), "c");
  expect(await digestAfter("a", "b")).not.toBe(both);
});

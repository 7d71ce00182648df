import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { unpackMembers } from "../../../kernel/setup/unpack.js";
import { storedZip } from "./stored-zip.js";
import { temporaryFolder } from "./temporary-folder.js";

function archive(members: Readonly<Record<string, string>>): { path: string; target: string } {
  const folder = temporaryFolder();
  const path = join(folder, "a.whl");
  writeFileSync(path, storedZip(members));
  return { path, target: join(folder, "inner", "target") };
}

test("only the wanted members are unpacked, each under its own path", async () => {
  const { path, target } = archive({ "a/b/one.txt": "1", "two.txt": "2", "a/three.txt": "3" });
  await unpackMembers(path, target, ["a/b/one.txt", "a/three.txt"]);
  expect(readFileSync(join(target, "a/b/one.txt"), "utf8")).toBe("1");
  expect(readFileSync(join(target, "a/three.txt"), "utf8")).toBe("3");
  expect(existsSync(join(target, "two.txt"))).toBe(false);
});

test.each(["../evil.txt", "a/../../evil.txt", "/evil.txt", "a\\..\\..\\evil.txt"])(
  "the member name %s is refused, wanted or not",
  async (name) => {
    const { path, target } = archive({ "good.txt": "1", [name]: "2" });
    await expect(unpackMembers(path, target, ["good.txt", name])).rejects.toThrow(
      /relative path|absolute path|invalid characters|leads out/,
    );
    expect(existsSync(join(target, "..", "evil.txt"))).toBe(false);
  },
);

test("a wanted member that is not there is named", async () => {
  const { path, target } = archive({ "good.txt": "1" });
  await expect(unpackMembers(path, target, ["good.txt", "lib.so"])).rejects.toThrow(/lacks lib\.so/);
});

test("a truncated archive is an error, not a short file", async () => {
  const { path, target } = archive({ "good.txt": "a text of some length" });
  writeFileSync(path, readFileSync(path).subarray(0, 40));
  await expect(unpackMembers(path, target, ["good.txt"])).rejects.toThrow();
});

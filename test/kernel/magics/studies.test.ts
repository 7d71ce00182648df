import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findMagic } from "../../../kernel/magics/registry.js";
import type { Session } from "../../../kernel/magics/session.js";
import { openStudy } from "../../../lib/index.js";
import { fakeRecord } from "../../study/fake-responder.js";
import { quietContext } from "./quiet-context.js";

let folder: string;
let session: Session;
let shown: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "studies-"));
  shown = "";
  ({ session } = quietContext());
  session.study = await openStudy(join(folder, "first"));
  await session.study.append("toy/dense", "stereotype", [fakeRecord({})]);
});
afterEach(async () => {
  await session.study?.close();
  await rm(folder, { recursive: true });
});

function run(name: string, value?: string, more: Parameters<typeof quietContext>[0] = {}): Promise<unknown> {
  const display = (bundle: unknown): void => void (shown += JSON.stringify(bundle));
  const values = value === undefined ? [] : [value];
  return findMagic(name).run({ kind: "call", values }, quietContext({ session, display, ...more }));
}

test("%save copies the study, and %load goes on with the copy", async () => {
  const copy = join(folder, "new", "copy");
  await run("save", copy);
  const first = session.study?.folder ?? "";
  await run("load", copy);
  expect(session.study?.folder).toBe(copy);
  expect(await session.study?.records("toy/dense", "stereotype")).toEqual([fakeRecord({})]);
  await (await openStudy(first)).close(); // its lock was given back
  await expect(openStudy(copy)).rejects.toThrow("this process itself");
});

test("%save overwrites nothing", async () => {
  await mkdir(join(folder, "full"));
  await writeFile(join(folder, "full", "mine.txt"), "mine");
  await expect(run("save", join(folder, "full"))).rejects.toThrow("a folder with 1 entry");
  await expect(run("save", join(folder, "full", "mine.txt"))).rejects.toThrow("no folder");
  await expect(run("save", join(folder, "first", "inside"))).rejects.toThrow("a folder of the study itself");
  expect(await readFile(join(folder, "full", "mine.txt"), "utf8")).toBe("mine");
});

test("%save writes Parquet where the name says so", async () => {
  await run("save", join(folder, "answers.parquet"));
  expect((await readFile(join(folder, "answers.parquet"))).toString("latin1", 0, 4)).toBe("PAR1");
});

test("%load refuses a folder without a study, one of another version and one that is open elsewhere, and keeps the old one", async () => {
  const before = session.study;
  await expect(run("load", join(folder, "none"))).rejects.toThrow("no study.json");
  expect(existsSync(join(folder, "none"))).toBe(false);
  await mkdir(join(folder, "other"));
  await writeFile(join(folder, "other", "study.json"), JSON.stringify({ format: "touchstone study 2" }));
  await expect(run("load", join(folder, "other"))).rejects.toThrow('a study of the format "touchstone study 2"');
  const open = await openStudy(join(folder, "open"));
  await expect(run("load", join(folder, "open"))).rejects.toThrow("it is open in this process itself");
  await open.close();
  expect(session.study).toBe(before);
});

test("%sql asks the session's study, with values from braces", async () => {
  await session.study?.update({ variants: {} });
  const table = await run("sql", undefined, { text: "SELECT ? + count(*) AS n FROM answers", values: [2] });
  expect(table).toMatchObject({ _nrows: 1 });
  await expect(run("sql", undefined, { text: "SELECT ?", values: [{}] })).rejects.toThrow("a value of type object");
  await expect(run("sql")).rejects.toThrow("found nothing");
});

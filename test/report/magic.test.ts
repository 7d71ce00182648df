import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findMagic } from "../../kernel/magics/registry.js";
import type { Study } from "../../lib/index.js";
import { quietContext } from "../kernel/magics/quiet-context.js";
import { toyStudy } from "../tables/toy-study.js";

let folder: string;
let study: Study;
let shown: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
  study = await toyStudy();
  shown = "";
});
afterEach(async () => {
  await study.close();
  await rm(dirname(study.folder), { recursive: true });
  await rm(folder, { recursive: true });
});

function report(options: Readonly<Record<string, unknown>>, ...values: string[]): Promise<unknown> {
  const context = quietContext({ display: (bundle) => void (shown += JSON.stringify(bundle)) });
  context.session.study = study;
  return findMagic("report").run({ kind: "call", values: [...values, options] }, context);
}

test("%report writes a page, says where it is and what was found, and replaces only a page of its own", async () => {
  const out = join(folder, "page.html");
  await report({ out, title: "Which to <ship>?" });
  const page = await readFile(out, "utf8");
  expect(page).toContain("<h1>Which to &#60;ship&#62;?</h1>");
  expect(shown).toContain("page.html");
  expect(shown).toMatch(/rtn-3bit/);
  await report({ out });
  expect(await readFile(out, "utf8")).not.toContain("Which to");
  const mine = join(folder, "mine.html");
  await writeFile(mine, "<p>mine</p>");
  await expect(report({ out: mine })).rejects.toThrow(/no report of ours.*name another with --out/i);
  expect(await readFile(mine, "utf8")).toBe("<p>mine</p>");
});

test("%report names a folder that holds no study", async () => {
  await expect(report({}, folder)).rejects.toThrow("no study.json");
});

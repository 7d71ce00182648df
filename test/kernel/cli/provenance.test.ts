import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { provenance, versionNotes } from "../../../kernel/cli/provenance.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provenance-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const now = () => provenance(join(folder, "n.ipynb"), join(folder, "studies", "none"));

describe("what has made a notebook's outputs", () => {
  test("are the versions alone where there is no study", async () => {
    expect(Object.keys(await now()).sort()).toEqual(["node", "typescript", "version"]);
    expect(await now()).toMatchObject({ node: process.versions.node });
  });

  test("is its study too, by its path from the notebook, with its variants in their order", async () => {
    const study = join(folder, "studies", "n");
    const variant = (title: string) => ({ title, modelDigest: "d", recipe: { method: "none", settings: {} }, summary: SUMMARY });
    await mkdir(study, { recursive: true });
    const manifest = { format: "touchstone study 1", created: "2020", models: {}, suites: {}, seeds: {}, versions: {} };
    const variants = { b: variant("dense"), a: variant("rtn 4 bit") };
    await writeFile(join(study, "study.json"), JSON.stringify({ ...manifest, variants, backend: null, threads: null }));
    const made = await provenance(join(folder, "out", "n.ipynb"), study);
    expect(made).toMatchObject({ study: "../studies/n", variants: ["dense", "rtn 4 bit"] });
    expect(JSON.stringify(made)).not.toContain(folder);
    expect(await provenance(join(folder, "out", "n.ipynb"), study)).toEqual(made);
    await writeFile(join(study, "study.json"), "{");
    expect(Object.keys(await provenance(join(folder, "n.ipynb"), study))).not.toContain("study");
  });
});

const SUMMARY = {
  method: "dense",
  bits: null,
  pattern: null,
  group: null,
  sparsity: 0,
  rate: 1,
  bitsPerWeight: 32,
  storedBytes: 4,
  relativeError: 0,
  seconds: 0,
};

describe("a run anew", () => {
  test.each<[string, object, RegExp | undefined]>([
    ["under the same versions", {}, undefined],
    ["of a file that does not name TypeScript", { typescript: undefined }, undefined],
    ["under another node", { node: "1.2.3" }, /^the outputs .* by touchstone \S+, node 1\.2\.3, .*; they are made again by /],
    ["under another touchstone", { version: "0.0.1" }, /by touchstone 0\.0\.1, /],
    ["under another TypeScript", { typescript: "4.0.0" }, /typescript 4\.0\.0; /],
  ])("%s is told in one line, or in none", async (_what, other, line) => {
    const notes = versionNotes({ metadata: { touchstone: { ...(await now()), ...other } } });
    expect(notes).toEqual(line === undefined ? [] : [expect.stringMatching(line)]);
  });

  test("of a file without a word of it says nothing", () => expect(versionNotes({ metadata: {} })).toEqual([]));
});

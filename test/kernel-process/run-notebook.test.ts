import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";
import { z } from "zod";

const main = join(import.meta.dirname, "../../dist/kernel/cli/main.js");
const Written = z.object({
  metadata: z.object({ touchstone: z.object({ version: z.string(), node: z.string() }) }),
  cells: z.array(
    z.object({
      source: z.string(),
      execution_count: z.number().nullable(),
      outputs: z.array(z.looseObject({ output_type: z.string() })),
    }),
  ),
});

const cell = (source: string, tags: string[] = []) => ({
  cell_type: "code",
  source,
  metadata: { tags },
  outputs: [],
  execution_count: null,
});

test("`run` executes a notebook with parameters, stops at the cell that fails, and writes what it has", async () => {
  const folder = await mkdtemp(join(tmpdir(), "run-"));
  const cells = [
    cell("const n = 1;", ["parameters"]),
    cell("const twice = { n, double: 2 * n };\ntwice"),
    cell("%%time\nconsole.log('one'); console.log('two');"),
    cell("%who"),
    cell("throw new Error('boom')"),
    cell("never"),
  ];
  await writeFile(join(folder, "n.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  const words = [main, "run", join(folder, "n.ipynb"), "--set", "n=21", "--out", join(folder, "out.ipynb")];
  const { status, stdout } = await new Promise<{ status: unknown; stdout: string }>((resolve) => {
    execFile(process.execPath, words, (error, stdout) => resolve({ status: error === null ? 0 : error.code, stdout }));
  });
  expect(status).toBe(1);
  expect(stdout).toContain("cell 6 failed: Error: boom");
  const { cells: ran, metadata } = Written.parse(JSON.parse(await readFile(join(folder, "out.ipynb"), "utf8")));
  expect(metadata.touchstone.node).toBe(process.versions.node);
  expect(ran.map(({ execution_count: count }) => count)).toEqual([1, 2, 3, 4, 5, 6, null]);
  expect(ran[2].outputs).toMatchObject([{ output_type: "execute_result", data: { "text/plain": "{ n: 21, double: 42 }" } }]);
  expect(ran[3].outputs[0]).toMatchObject({ output_type: "stream", text: "one\ntwo\n" });
  expect(JSON.stringify(ran[4].outputs)).toMatch(/twice +Object/);
  expect(ran[5].outputs).toMatchObject([{ output_type: "error", evalue: "boom" }]);
});

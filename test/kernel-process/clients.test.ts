import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { environmentPython, installKernelspec } from "../../kernel/setup/index.js";

const python = await environmentPython();
const CELLS = [
  'aq.table({ variant: ["rtn-3bit", "rtn-8bit"], hits: [41, 72] })',
  `({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", data: { values: [{ bits: 3 }] }, mark: "bar",
  encoding: { x: { field: "bits", type: "ordinal" } } })`,
];

test.skipIf(python === undefined).each(["html", "slides"])(
  "nbconvert --to %s --execute shows a table and a plot",
  async (format) => {
    const folder = await mkdtemp(join(tmpdir(), "touchstone-clients-"));
    try {
      await installKernelspec(join(folder, "data"));
      const cells = CELLS.map((source, i) => ({
        cell_type: "code",
        id: `c${i}`,
        source,
        metadata: {},
        outputs: [],
        execution_count: null,
      }));
      const metadata = { kernelspec: { name: "touchstone", display_name: "TypeScript (Touchstone)", language: "typescript" } };
      await writeFile(join(folder, "n.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
      const env = { ...process.env, JUPYTER_PATH: join(folder, "data"), TOUCHSTONE_HISTORY: devNull };
      const words = ["-m", "nbconvert", "--to", format, "--execute", "n.ipynb", "--output", "page"];
      await promisify(execFile)(String(python), words, { cwd: folder, env });
      const page = await readFile(join(folder, format === "html" ? "page.html" : "page.slides.html"), "utf8");
      expect(page).toMatch(/<td[^>]*>rtn-8bit/);
      expect(page).toContain("data:image/png;base64,iVBORw0KGg");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

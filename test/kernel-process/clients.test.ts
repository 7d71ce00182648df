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

/** A folder with a notebook of these cells, and what finds the kernel in it. */
async function withNotebook(work: (place: { folder: string; env: NodeJS.ProcessEnv }) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "touchstone-clients-"));
  try {
    await installKernelspec(join(folder, "data"));
    const cells = CELLS.map((source, i) => ({
      ...{ cell_type: "code", id: `c${i}`, source, metadata: {} },
      ...{ outputs: [], execution_count: null },
    }));
    const metadata = { kernelspec: { name: "touchstone", display_name: "TypeScript (Touchstone)", language: "typescript" } };
    await writeFile(join(folder, "n.ipynb"), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
    await work({ folder, env: { ...process.env, JUPYTER_PATH: join(folder, "data"), TOUCHSTONE_HISTORY: devNull } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

test.skipIf(python === undefined).each(["html", "slides"])("nbconvert --to %s --execute shows a table and a plot", (format) =>
  withNotebook(async ({ folder, env }) => {
    const words = ["-m", "nbconvert", "--to", format, "--execute", "n.ipynb", "--output", "page"];
    await run(String(python), words, { cwd: folder, env });
    const page = await readFile(join(folder, format === "html" ? "page.html" : "page.slides.html"), "utf8");
    expect(page).toMatch(/<td[^>]*>rtn-8bit/);
    expect(page).toContain("data:image/png;base64,iVBORw0KGg");
  }),
);

test.skipIf(python === undefined)("jupyter execute keeps a table and a plot, and two runs write the same bytes", () =>
  withNotebook(async ({ folder, env }) => {
    const written = async (name: string): Promise<string> => {
      await run(String(python), ["-m", "jupyter", "execute", "n.ipynb", `--output=${name}`], { cwd: folder, env });
      const text = await readFile(join(folder, name), "utf8");
      return text.replace(/"execution": \{[^}]*\}/g, ""); // the client's own clock
    };
    const first = await written("first.ipynb");
    expect(first).toMatch(/<td[^>]*>rtn-8bit/);
    expect(first).toContain("application/vnd.vegalite.v5+json");
    expect(await written("second.ipynb")).toBe(first);
  }),
);

/// <reference lib="dom" />
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { environmentPython, packageRoot } from "../../kernel/setup/index.js";
import { chromiumPath, startLab, type Lab } from "./lab.js";

const python = await environmentPython();
const executablePath = chromiumPath();
const missing = [python === undefined && "the Jupyter environment", executablePath === undefined && "chromium"].filter(Boolean);
const screenshots = join(packageRoot(), ".artifacts", "screenshots");

const SPECIFICATION = `({
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  data: { values: [{ bits: 3, score: 41 }, { bits: 8, score: 72 }] },
  mark: "bar",
  encoding: { x: { field: "bits", type: "ordinal" }, y: { field: "score", type: "quantitative" } },
})`;
const CELLS = [
  'const scores = aq.table({ variant: ["rtn-3bit", "rtn-8bit"], hits: [41, 72] });\nscores',
  SPECIFICATION,
  "const kept: number = 41;\n`${process.pid} ${process.ppid}`",
  "",
  "",
];
const [TABLE, PLOT, VARIABLE, SPARE, LAST] = CELLS.keys();

describe.skipIf(missing.length > 0)(
  `JupyterLab in Chromium${missing.length > 0 ? ` (missing: ${missing.join(", ")})` : ""}`,
  () => {
    let folder: string;
    let lab: Lab;
    let browser: Browser;
    let page: Page;
    const processes = new Set<number>();

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "touchstone-lab-"));
      lab = await startLab(String(python), folder);
      await writeFile(join(folder, "work", "short.ipynb"), JSON.stringify(notebook(CELLS)));
      await copyFile(join(packageRoot(), "notebooks", "first-look.ipynb"), join(folder, "work", "first-look.ipynb"));
      browser = await chromium.launch({
        executablePath: String(executablePath),
        args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      });
      page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
      page.setDefaultTimeout(20_000);
      await mkdir(screenshots, { recursive: true });
    });
    afterAll(async () => {
      await browser?.close();
      await lab?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    test("first-look, as it was saved, shows its tables and its plots", async () => {
      await open(page, `${lab.url}/lab/tree/first-look.ipynb`);
      await page.locator(".jp-OutputArea-output table").nth(2).waitFor(); // three of them at least
      await page.locator(".jp-OutputArea-output .vega-embed .marks").first().waitFor();
      await page.screenshot({ path: join(screenshots, "first-look.png") });
    });

    test("a notebook is run, and shows a table and a plot", async () => {
      await open(page, `${lab.url}/lab/workspaces/short/tree/short.ipynb`);
      await menu(page, "Run", "Run All Cells");
      await prompt(page, VARIABLE, "[3]:");
      const table = cell(page, TABLE).locator(".jp-OutputArea-output table");
      expect(await table.locator("th").allInnerTexts()).toEqual(["variant", "hits"]);
      expect(await table.locator("tbody td").allInnerTexts()).toEqual(["rtn-3bit", "41", "rtn-8bit", "72"]);
      const plot = cell(page, PLOT).locator(".vega-embed .marks");
      await plot.waitFor();
      expect((await plot.boundingBox())?.height).toBeGreaterThan(100);
      for (const pid of await pidsShown(page)) processes.add(pid);
      await page.screenshot({ path: join(screenshots, "table-and-plot.png") });
    });

    test("Tab completes a magic's option", async () => {
      await write(page, SPARE, "%compress rtn --");
      await page.keyboard.press("Tab");
      const options = page.locator(".jp-Completer .jp-Completer-item");
      await options.first().waitFor();
      expect(await options.locator(".jp-Completer-match").allInnerTexts()).toEqual(
        expect.arrayContaining(["--bits", "--group", "--symmetric"]),
      );
      await page.screenshot({ path: join(screenshots, "completion.png") });
      await page.keyboard.type("sy");
      await page.keyboard.press("Enter");
      await expect.poll(() => editor(page, SPARE).innerText()).toBe("%compress rtn --symmetric");
    });

    test("Shift-Tab shows what is known of a variable", async () => {
      await write(page, SPARE, "kept");
      await page.keyboard.press("Shift+Tab");
      const tooltip = page.locator(".jp-Tooltip");
      await tooltip.waitFor();
      expect(await tooltip.innerText()).toContain("const kept: number");
      await page.screenshot({ path: join(screenshots, "inspection.png") });
      await page.keyboard.press("Escape");
      await tooltip.waitFor({ state: "detached" });
    });

    test("the interrupt button ends a loop, and variables are kept", async () => {
      await write(page, SPARE, "while (true) {}");
      await page.keyboard.press("Control+Enter");
      await prompt(page, SPARE, "[*]:");
      await page.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').waitFor();
      await page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:interrupt-kernel"]').first().click();
      await cell(page, SPARE).locator(".jp-OutputArea-output", { hasText: "KeyboardInterrupt" }).waitFor();
      await write(page, LAST, "kept + 1");
      await page.keyboard.press("Control+Enter");
      await cell(page, LAST).locator(".jp-OutputArea-executeResult .jp-OutputArea-output", { hasText: "42" }).waitFor();
      await page.screenshot({ path: join(screenshots, "interrupt.png") });
    });

    test("restart and run all runs everything in a fresh kernel", async () => {
      await write(page, SPARE, "kept + 2");
      const before = await pidsShown(page);
      await page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:restart-run-all"]').first().click();
      await page.locator(".jp-Dialog .jp-mod-accept").click();
      await prompt(page, LAST, "[5]:");
      await cell(page, SPARE).locator(".jp-OutputArea-executeResult .jp-OutputArea-output", { hasText: "43" }).waitFor();
      const after = await pidsShown(page);
      expect(after.filter((pid) => before.includes(pid))).toEqual([]);
      for (const pid of after) processes.add(pid);
    });

    test("nothing is left when the server ends", async () => {
      await lab.stop();
      expect(processes.size).toBe(4);
      await expect.poll(() => [...processes].filter(isAlive), { timeout: 5_000 }).toEqual([]);
    });
  },
);

const notebook = (sources: readonly string[]) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "touchstone", display_name: "TypeScript (Touchstone)", language: "typescript" } },
  cells: sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  })),
});

/** Goes to a notebook and waits until its kernel is idle. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(url, { timeout: 40_000 });
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 40_000 });
}

const cell = (page: Page, index: number): Locator => page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").nth(index);
const editor = (page: Page, index: number): Locator => cell(page, index).locator(".cm-content");

/** Replaces a cell's text by typing; the cursor is behind it. */
async function write(page: Page, index: number, text: string): Promise<void> {
  await editor(page, index).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

const prompt = (page: Page, index: number, text: string): Promise<void> =>
  cell(page, index).locator(".jp-InputPrompt", { hasText: text }).waitFor();

async function menu(page: Page, name: string, item: string): Promise<void> {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: name }).first().click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

/** The runner's and the kernel's process, from the output that shows them. */
async function pidsShown(page: Page): Promise<number[]> {
  const text = await cell(page, VARIABLE).locator(".jp-OutputArea-executeResult .jp-OutputArea-output").innerText();
  return text.match(/\d+/g)?.map(Number) ?? [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

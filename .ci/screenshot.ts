/// <reference lib="dom" />
/**
 * Runs a notebook in a real JupyterLab in headless Chromium and takes pictures of it: what the README shows.
 * Usage: tsx .ci/screenshot.ts URL NOTEBOOK FOLDER   (JupyterLab runs at URL, without a token, on the notebook's folder;
 * with RUN=0 the notebook is shown as it was saved)
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium, type Page } from "playwright-core";

const MOST_MINUTES = 8;
/** Pictures by name, and the cell of first-look.ipynb that stands at their top. */
const PICTURES = { model: 1, compress: 4, trust: 7, changed: 10 };

const [url, notebook, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: tsx .ci/screenshot.ts URL NOTEBOOK FOLDER");
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  await page.goto(`${url}/lab/tree/${notebook}?reset`);
  await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 60_000 });
  await dismissDialogs(page);
  if (process.env["RUN"] !== "0") await runAll(page);

  for (const [name, cell] of Object.entries(PICTURES)) await picture(page, name, cell);
} finally {
  await browser.close();
}

/** A question about a kernel, and the one about news; the file browser is in the way too. */
async function dismissDialogs(page: Page): Promise<void> {
  await page.waitForTimeout(3_000);
  for (const place of [".jp-Dialog .jp-mod-accept", '.Toastify button:has-text("No")']) {
    const button = page.locator(place);
    if ((await button.count()) > 0) await button.first().click();
  }
  await page.keyboard.press("Control+b");
}

async function runAll(page: Page): Promise<void> {
  await page.click("text=Run >> nth=0");
  await page.click("text=Run All Cells >> nth=0");
  await waitUntilIdle(page);
}

/** No cell waits or runs: every prompt has a number. */
async function waitUntilIdle(page: Page): Promise<void> {
  await page.waitForTimeout(3_000);
  await page.waitForFunction(
    () =>
      Array.from(document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")).every((prompt) => !prompt.textContent?.includes("*")),
    undefined,
    { timeout: MOST_MINUTES * 60_000, polling: 1_000 },
  );
  await page.waitForTimeout(2_000);
}

async function picture(page: Page, name: string, cell: number): Promise<void> {
  await page.evaluate((index) => document.querySelectorAll(".jp-Notebook .jp-Cell")[index]?.scrollIntoView(), cell);
  await page.waitForTimeout(1_500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import axe from "axe-core";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeReport, type Report } from "../../lib/report/index.js";
import { openStudy, type Study } from "../../lib/study/index.js";
import { fakeRecord, fakeVariant } from "../study/fake-responder.js";
import { toyStudy } from "../tables/toy-study.js";
import { hasChromium, LAUNCH } from "./chromium.js";
import { complaints } from "./validate.js";

let study: Study;
let report: Report;
beforeAll(async () => {
  study = await toyStudy();
  report = await makeReport(study);
});
afterAll(async () => {
  await study.close();
  await rm(dirname(study.folder), { recursive: true });
});

/** What no page may show. */
const leaks = (html: string): string[] => html.match(/.{0,80}(?:NaN|undefined|\[object Object\]|Infinity).{0,40}/g) ?? [];

/** A study of variants with one record each, in a folder that goes with it. */
async function small(names: readonly string[], run: (study: Study) => Promise<void>): Promise<void> {
  const made = await openStudy(join(tmpdir(), `report-${process.pid}-${names.join("-")}`, "small"));
  try {
    const variants = names.map((name) => fakeVariant(name));
    const entries = variants.map(({ id, title, model, recipe, summary }) => {
      const entry = { title, modelDigest: model.digest, recipe: { method: recipe.method, settings: {} }, summary };
      return [id, entry] as const;
    });
    await made.update({ variants: Object.fromEntries(entries) });
    for (const { id } of variants) await made.append(id, "stereotype", [fakeRecord({ variant: id, labels: LABELS })]);
    await run(made);
  } finally {
    await made.close();
    await rm(dirname(made.folder), { recursive: true });
  }
}
const LABELS = [{ scorer: "touchstone", official: "D", state: "right", value: 1 }] as const;

test("the findings name each variant's verdict on its worst dimension, the undecided ones and the refusals", () => {
  expect(report.findings).toHaveLength(3);
  expect(report.findings[0]).toBe(
    "At a margin of 2 points, by the worst dimension of each of 2 compressed variants: 1 inferior, 1 undecided.",
  );
  expect(report.findings[1]).toMatch(
    /^rtn-3bit: inferior, by its worst dimension, stereotype \(−25\.0 points \[.*0 of 24 answers/,
  );
  expect(report.findings[2]).toMatch(
    /^magnitude-2:4 <b>: undecided.*1 of 1 dimension undecided; 4 of 24 answers refused \(16\.7 %\), 3/,
  );
});

test("the page is valid, and the validator would say so if it were not", async () => {
  expect(await complaints(report.html)).toEqual([]);
  expect(await complaints(report.html.replace("</table>", ""))).not.toEqual([]);
  expect(await complaints(report.html.replace("<h2", "<h5").replace("</h2>", "</h5>"))).not.toEqual([]);
});

test("the page shows nothing that a program forgot, and nothing of the study as markup", () => {
  expect(leaks(report.html)).toEqual([]);
  expect(report.html).not.toContain("<script");
  expect(report.html).not.toContain("2:4 <b>");
  expect(report.html).toContain("I agree. &#60;script&#62;alert(1)");
  expect(report.html).not.toContain(dirname(study.folder));
});

test("the page asks nothing of any network", () => {
  expect(report.html).toContain("default-src 'none'");
  expect(report.html).not.toMatch(/ (?:src|href|xlink:href|action|data)="(?!#)/);
  expect(report.html).not.toMatch(/@import|url\((?!#)/);
});

test("the same study gives the same bytes", async () => {
  expect((await makeReport(study)).html).toBe(report.html);
});

test("ids are unique over all pictures, and each picture is one image with a name", () => {
  const ids = Array.from(report.html.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(report.html.match(/<svg role="img" aria-label="[^"]{20,}"/g)).toHaveLength(5);
});

describe("a study with little in it", () => {
  test("without answers is refused", async () => {
    await small([], async (empty) => {
      await expect(makeReport(empty)).rejects.toThrow("a study without answers");
    });
  });

  test.each([
    [["dense"], "the study holds dense variants only"],
    [["rtn"], "nothing has a drift from a dense variant"],
    [["dense", "rtn"], "of each of 1 compressed variant"],
  ] as const)("of %j with one answer says what can't be told", async (names, sentence) => {
    await small(names, async (one) => {
      const { html, findings } = await makeReport(one);
      expect(findings[0]).toContain(sentence);
      expect(leaks(html)).toEqual([]);
      expect(await complaints(html)).toEqual([]);
    });
  });
});

describe.skipIf(!hasChromium)("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch(LAUNCH);
  }, 60_000);
  afterAll(() => browser.close());

  test.each(["light", "dark"] as const)("axe finds nothing against it in %s", { timeout: 60_000 }, async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, bypassCSP: true });
    const page = await context.newPage();
    await page.setContent(report.html);
    await page.evaluate(axe.source);
    const found: unknown = await page.evaluate("axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes[0].html]))");
    const count: unknown = await page.evaluate("axe.run().then((r) => r.passes.length)");
    await context.close();
    expect(found).toEqual([]);
    expect(count).toBeGreaterThan(20);
  });
});

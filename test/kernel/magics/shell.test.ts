import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { findMagic } from "../../../kernel/magics/registry.js";
import { splitWords } from "../../../kernel/magics/words.js";
import { quietContext } from "./quiet-context.js";

let shown: unknown[];
let printed: string;
const here = process.cwd();

beforeEach(() => {
  shown = [];
  printed = "";
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.chdir(here);
});

function run(line: string, more: Parameters<typeof quietContext>[0] = {}): Promise<unknown> {
  const [name, ...rest] = line.split(" ");
  const pieces: TemplateStringsArray = Object.assign([` ${rest.join(" ")}`], { raw: [] });
  const context = quietContext({ display: (value) => shown.push(value), ...more });
  return findMagic(name).run({ kind: "line", words: splitWords(pieces, []) }, context);
}

describe("%%sh", () => {
  test("prints what the script prints, and stops at the first command that fails", async () => {
    await run("sh", { text: "echo one; echo two >&2" });
    expect([...printed.matchAll(/one|two/g)].map(([word]) => word).sort()).toEqual(["one", "two"]);
    await expect(run("sh", { text: "echo before; false; echo after" })).rejects.toThrow(/%%sh: found it ended with 1/);
    expect(printed).toContain("before");
    expect(printed).not.toContain("after");
  });

  test("ends with what it started when the cell is interrupted", async () => {
    const stop = new AbortController();
    const running = run("sh", { text: "sleep 60 & sleep 60; wait", signal: stop.signal });
    setTimeout(() => stop.abort(new Error("interrupted")), 50);
    await expect(running).rejects.toThrow("interrupted");
  });
});

describe("%env", () => {
  test("shows and sets variables, but no secret", async () => {
    vi.stubEnv("TOY_PLAIN", "");
    vi.stubEnv("TOY_API_KEY", "do-not-show");
    await run("env TOY_PLAIN=a=b TOY_API_KEY TOY_NONE");
    expect(process.env.TOY_PLAIN).toBe("a=b");
    expect(JSON.stringify(shown)).toMatch(/TOY_PLAIN +a=b.*TOY_API_KEY +\(set; not shown\).*TOY_NONE +\(not set\)/);
    await expect(run("env 1x=2")).rejects.toThrow(/a name of letters/);
  });
});

describe("%cd", () => {
  test("goes to a folder that is there", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "cd-")));
    expect(await run(`cd ${folder}`)).toBe(folder);
    expect(await run("cd")).toBe(folder);
    await expect(run("cd nowhere")).rejects.toThrow(/%cd: found no .*nowhere/);
    expect(process.cwd()).toBe(folder);
  });
});

describe("%who", () => {
  test("names kinds and shortened values; a hostile one does no harm", async () => {
    const hostile = new Proxy({}, { get: () => { throw new Error("no"); }, getPrototypeOf: () => { throw new Error("no"); } }); // prettier-ignore
    await run("who", { variables: () => ({ n: 3, long: "x".repeat(200), rows: [1, 2], hostile }) });
    const text = JSON.stringify(shown);
    expect(text).toMatch(/n +number +3/);
    expect(text).toMatch(/long +string +'x+…/);
    expect(text).toMatch(/rows +Array +\[ 1, 2 \]/);
    expect(text).toMatch(/hostile/);
    expect(text.length).toBeLessThan(600);
  });
});

test("%reset drops what cells declared", async () => {
  const forget = vi.fn();
  await run("reset", { forget });
  expect(forget).toHaveBeenCalledOnce();
});

test("%time says how long the rest of the cell took, when it ends", async () => {
  const actions: (() => void)[] = [];
  await run("time", { atEnd: (action) => actions.push(action) });
  expect(shown).toEqual([]);
  for (const action of actions) action();
  expect(JSON.stringify(shown)).toMatch(/wall \d+ ms, processor \d+ ms \(user \d+ ms\)/);
});

describe("%%html and %%vegalite", () => {
  test("show the cell's text", async () => {
    await run("html", { text: "<b>x</b>" });
    await run("vegalite", { text: '{ "mark": "bar" }' });
    expect(shown).toMatchObject([{ "text/html": "<b>x</b>" }, { mark: "bar" }]);
    expect(JSON.stringify(shown)).toContain("vega-lite/v5");
  });

  test.each(["[1]", "{ mark: 1 }", ""])("%j is no specification", async (text) => {
    await expect(run("vegalite", { text })).rejects.toThrow(/%%vegalite: found/);
  });
});

test.each(["../evil", "https://example.com/x.tgz", "--global", "a b;c", "file:x"])("%%install refuses %j", async (word) => {
  await expect(run(`install "${word}"`)).rejects.toThrow(/%install/);
});

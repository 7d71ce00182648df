import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resultText, startKernel, streamText, typesOf, type Client } from "./client.js";

let kernel: Client;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

const failure = async (code: string): Promise<Record<string, unknown>> => (await kernel.execute(code)).reply.content;
const result = async (code: string): Promise<unknown> => resultText(await kernel.execute(code));

describe("a cell", () => {
  test("is announced, shows its output in order, and ends idle", async () => {
    const answered = await kernel.execute(
      "console.log('out'); console.error('err'); display({ 'text/plain': 'x' }, { raw: true }); 6 * 7",
    );
    expect(typesOf(answered)).toEqual(["busy", "execute_input", "stream", "stream", "display_data", "execute_result", "idle"]);
    expect(streamText(answered)).toBe("out\n");
    expect(streamText(answered, "stderr")).toBe("err\n");
    expect(resultText(answered)).toBe("42");
    expect(answered.reply.content).toMatchObject({ status: "ok", payload: [], user_expressions: {} });
  });

  test.each([
    ["a top-level await", "await Promise.resolve(3)", "3"],
    ["a loop over promises", "let sum = 0; for await (const n of [Promise.resolve(1), 2]) sum += n; sum", "3"],
    ["null", "null", "null"],
    ["undefined, which shows nothing", "undefined", undefined],
    ["an import of a built-in module", "import { sep } from 'node:path'; sep", "'/'"],
    ["a default import", "import fs from 'fs'; typeof fs.readFileSync", "'function'"],
    [
      "an import of an ESM package that is the kernel's own",
      "import { table } from 'arquero'; table({ a: [1, 2] }).numRows()",
      "2",
    ],
    ["a dynamic import", "const os = await import('node:os'); typeof os.cpus", "'function'"],
    ["Arquero without an import", "aq.table({ a: [3] }).get('a', 0)", "3"],
  ])("may hold %s", async (_what, code, shown) => expect(await result(code)).toBe(shown));

  test("sees what earlier cells declared, and may declare it anew", async () => {
    await kernel.execute("const held = 1; class Point { x = 1 }; type Pair = [number, number]");
    expect(await result("held + new Point().x")).toBe("2");
    await kernel.execute("const held = 'text'");
    expect(await result("held.toUpperCase()")).toBe("'TEXT'");
    expect(await failure("const p: Pair = 1")).toMatchObject({ ename: "TypeScriptError" });
  });

  test("may declare anew what is in scope without an import, for later cells too", async () => {
    const names = ["display", "clearOutput", "input", "aq", "op", "tf", "touchstone"];
    await kernel.execute(names.map((name) => `let ${name} = '${name}';`).join("\n"));
    expect(await result(`[${names.join(", ")}].join()`)).toBe(`'${names.join()}'`);
    await kernel.execute("%reset");
    expect(await result("typeof display + typeof aq.table")).toBe("'functionfunction'");
  });

  test("imports a local TypeScript file, and sees when it changes", async () => {
    mkdirSync(join(kernel.folder, "deep"));
    writeFileSync(join(kernel.folder, "deep", "inner.ts"), "export const inner = 2;");
    writeFileSync(
      join(kernel.folder, "local.ts"),
      "import { inner } from './deep/inner.js';\nexport const outer: number = inner + 1;",
    );
    expect(await result("import { outer } from './local'; outer")).toBe("3");
  });

  test("keeps an output's cell, when a timer writes after its end", async () => {
    const first = await kernel.execute("setTimeout(() => console.log('late'), 150);");
    await kernel.execute("1");
    const late = await kernel.until(({ type, content }) => type === "stream" && content.text === "late\n");
    expect(late.parent.msg_id).toBe(first.id);
  });

  test("shows what child processes write", async () => {
    const answered = await kernel.execute(
      "import { execSync } from 'node:child_process'; void execSync('echo inherited', { stdio: 'inherit' });",
    );
    expect(streamText(answered)).toContain("inherited\n");
  });

  test("an error that nobody waits for is shown, and the kernel lives on", async () => {
    await kernel.execute("setTimeout(() => { throw new Error('stray') }, 10);");
    await kernel.until(({ type, content }) => type === "stream" && String(content.text).includes("stray"));
    expect(await result("1 + 1")).toBe("2");
  });
});

describe("a large output", () => {
  test("10,000 lines arrive complete, in order, in few messages", async () => {
    const answered = await kernel.execute("for (let i = 0; i < 10000; i++) { console.log('line ' + i); }");
    const expected = Array.from({ length: 10_000 }, (_, line) => `line ${line}\n`).join("");
    expect(streamText(answered) === expected).toBe(true);
    expect(answered.published.length).toBeLessThan(200);
  });

  test("200 displays arrive in order", async () => {
    const answered = await kernel.execute("for (let i = 0; i < 200; i++) display({ 'text/plain': `item ${i}` }, { raw: true })");
    const shown = answered.published.filter(({ type }) => type === "display_data").map(({ content }) => content.data);
    expect(shown).toEqual(Array.from({ length: 200 }, (_, item) => ({ "text/plain": `item ${item}` })));
  });
});

describe("errors", () => {
  test("of the compiler name line, column and code, for the cell as it was written", async () => {
    expect(await failure("const a = 1\nconst s: string = a")).toMatchObject({
      status: "error",
      ename: "TypeScriptError",
      evalue: "TS2322: Type 'number' is not assignable to type 'string'.",
      traceback: ["2:7 TS2322 Type 'number' is not assignable to type 'string'.\n    const s: string = a\n          ^"],
    });
  });

  test.each([
    ["thrown in a function", "function f() {\n  throw new TypeError('bad')\n}\n\nf()", ["TypeError", "cell 2:9", "cell 5:1"]],
    ["thrown after an await", "await null\n\nthrow new RangeError('far')", ["RangeError", "cell 3:7"]],
    ["of a missing method", "const o: any = {}\nconst x = 1\no.nothing()", ["TypeError", "cell 3:3"]],
    ["below a magic", "%lsmagic\nconst n: any = null\nn.x", ["TypeError", "cell 3:3"]],
    ["in a magic's braces", "const deep: any = undefined\n%help {deep.x}", ["TypeError", "cell 2:13"]],
  ])("%s point at the cell's line and column", async (_what, code, [ename, ...places]) => {
    const { ename: found, traceback } = await failure(code);
    expect(found).toBe(ename);
    const text = JSON.stringify(traceback).replace(/cell \d+:/g, "cell ");
    for (const place of places) expect(text).toContain(place);
    expect(text).not.toContain("node:internal");
  });

  test("name the cell by the number that the notebook shows", async () => {
    await kernel.execute("function late() {\n  throw new Error('later')\n}");
    const { execution_count: count } = (await kernel.execute("1")).reply.content;
    await kernel.execute("1", { silent: true });
    const { traceback } = await failure("late()");
    expect(traceback).toEqual(
      expect.arrayContaining([`    at late (cell ${Number(count) - 1}:2:9)`, `    at cell ${Number(count) + 1}:1:1`]),
    );
  });

  test("a thrown value that is no error is shown as it is", async () => {
    expect(await failure("throw { code: 5 }")).toMatchObject({ ename: "Thrown", evalue: "{ code: 5 }" });
  });

  test("abort the cells that wait, but not other requests, and not what comes after", async () => {
    const codes = ["await new Promise((r) => setTimeout(r, 200)); throw new Error('stop')", "'waiting'"];
    const [failing, waiting] = codes.map((code) => kernel.send("execute_request", { code }));
    const asked = kernel.send("kernel_info_request", {});
    expect((await kernel.answered(failing)).reply.content).toMatchObject({ status: "error" });
    const after = kernel.send("execute_request", { code: "'after'" });
    const aborted = await kernel.answered(waiting);
    expect(aborted.reply.content).toMatchObject({ status: "aborted" });
    expect(typesOf(aborted)).toEqual(["busy", "idle"]);
    expect((await kernel.answered(asked)).reply.content).toMatchObject({ status: "ok" });
    expect(resultText(await kernel.answered(after))).toBe("'after'");
  });

  test("with stop_on_error off, what waits runs", async () => {
    const failing = kernel.send("execute_request", { code: "throw 1", stop_on_error: false });
    const next = kernel.send("execute_request", { code: "'next'" });
    await kernel.answered(failing);
    expect(resultText(await kernel.answered(next))).toBe("'next'");
  });
});

describe("fields of a request", () => {
  test("silent shows nothing and does not count", async () => {
    const before = (await kernel.execute("1")).reply.content.execution_count;
    const silent = await kernel.execute("console.log('unheard'); 5", { silent: true });
    expect(typesOf(silent)).toEqual(["busy", "idle"]);
    expect(silent.reply.content).toMatchObject({ status: "ok", execution_count: before });
  });

  test("user expressions are answered one by one", async () => {
    const { reply } = await kernel.execute("const base = 20", { user_expressions: { sum: "base + 1", wrong: "nothing" } });
    expect(reply.content.user_expressions).toMatchObject({
      sum: { status: "ok", data: { "text/plain": "21" } },
      wrong: { status: "error", ename: "TypeScriptError" },
    });
  });

  test("a question reaches the person, and its answer the cell", async () => {
    const id = kernel.send("execute_request", { code: "await input('Name? ')", allow_stdin: true });
    const question = await kernel.until(({ type }) => type === "input_request");
    expect(question).toMatchObject({ content: { prompt: "Name? ", password: false }, parent: { msg_id: id } });
    kernel.send("input_reply", { value: "Ada" }, "stdin");
    expect(resultText(await kernel.answered(id))).toBe("'Ada'");
  });

  test("where questions are not allowed, asking throws at once", async () => {
    const { reply } = await kernel.execute("await input()", { allow_stdin: false });
    expect(reply.content).toMatchObject({ status: "error", ename: "StdinNotImplementedError" });
  });
});

describe("magics", () => {
  test("give help, in a pager too, and their help by Shift-Tab", async () => {
    expect((await kernel.execute("%help")).published.some(({ type }) => type === "display_data")).toBe(true);
    const { reply } = await kernel.execute("%help?");
    expect(JSON.stringify(reply.content.payload)).toContain("%help [NAME]");
    const inspected = await kernel.request("inspect_request", { code: "%lsmagic", cursor_pos: 4, detail_level: 0 });
    expect(inspected.reply.content).toMatchObject({ found: true });
  });

  test.each(["%hepl", "const x = %hepl now", "%hepl?", "let z = 1\n%hepl --all words here"])(
    "%s is answered with the nearest",
    async (code) => {
      const { ename, evalue } = await failure(code);
      expect([ename, evalue]).toEqual(["InputError", expect.stringContaining("Did you mean %help?")]);
    },
  );

  test("wrong words are refused in one paragraph, without a stack", async () => {
    const { traceback } = await failure("%help lsmagic too");
    expect(traceback).toEqual(['%help: found the word "too" too many, expected only name and options.']);
  });

  test("are functions too, and a remainder stays a remainder", async () => {
    expect(await failure("await help('hlp')")).toMatchObject({ ename: "InputError" });
    expect(await result("const b = 4\nconst c = 10\n%b\nc")).toBe("2");
  });
});

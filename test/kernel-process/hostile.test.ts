import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { KERNEL, resultText, startKernel, streamText, type Client } from "./client.js";

let kernel: Client;
let log = "";

beforeAll(async () => {
  kernel = await startKernel((command, args, folder) => {
    const env = { ...process.env, TOUCHSTONE_HISTORY: join(folder, "history.jsonl") };
    const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    return child;
  });
});
afterAll(() => kernel.stop());

const result = async (code: string): Promise<unknown> => resultText(await kernel.execute(code));
const failure = async (code: string): Promise<Record<string, unknown>> => (await kernel.execute(code)).reply.content;

describe("messages that are none", () => {
  const parts = (id: string): string[] => [
    JSON.stringify({ msg_id: id, msg_type: "kernel_info_request", session: "s" }),
    ...["{}", "{}", "{}"],
  ];

  test.each<[string, (client: Client) => (string | Buffer)[][]]>([
    ["malformed", () => [["nonsense"]]],
    ["unsigned", () => [["<IDS|MSG>", "", ...parts("unsigned")]]],
    ["foreign, signed by another key", () => [["<IDS|MSG>", "0".repeat(64), ...parts("foreign")]]],
    ["torn", (client) => [["<IDS|MSG>", client.sign(["{", "{}", "{}", "{}"]), "{", "{}", "{}", "{}"]]],
    ["bytes that are no text", (client) => [["<IDS|MSG>", client.sign(["\u0000"]), Buffer.from([0xff, 0xfe]), "{}", "{}", "{}"]]],
    ["nested too deep", (client) => deep((parts) => client.sign(parts))],
    ["replayed", (client) => [1, 2].map(() => ["<IDS|MSG>", client.sign(parts("twice")), ...parts("twice")])],
  ])("%s: dropped with one line in the log", async (_what, make) => {
    const before = log;
    for (const frames of make(kernel)) await kernel.sendRaw(frames);
    await kernel.request("kernel_info_request", {});
    await expect.poll(() => log.slice(before.length)).toMatch(/\n/);
    expect(log.slice(before.length)).toMatch(/^touchstone kernel: dropped a message [^\n]*\n$/);
  });

  test("a type that nobody serves is one line too, whatever is in it", async () => {
    const before = log;
    const id = kernel.send("nosuch\nforged line", {});
    await kernel.until(({ content, parent }) => content.execution_state === "idle" && parent.msg_id === id);
    await expect.poll(() => log.slice(before.length)).toBe('touchstone kernel: no handler for "nosuch\\nforged line"\n');
  });
});

function deep(sign: (parts: readonly string[]) => string): string[][] {
  const content = "[".repeat(200_000);
  const parts = [JSON.stringify({ msg_id: "d", msg_type: "kernel_info_request" }), "{}", "{}", content];
  return [["<IDS|MSG>", sign(parts), ...parts]];
}

describe("a cell of unusual text", () => {
  test("of 10 MB runs", async () => {
    expect(await result(`const long = "${"x".repeat(10_000_000)}"; long.length`)).toBe("10000000");
    expect(await result("/* " + "y".repeat(10_000_000) + " */ 7")).toBe("7");
  });

  test.each([
    ["lone surrogates", "'\ud800'.length + 'a\udfff'.length", "3"],
    ["a byte order mark", "\ufeff1 + 1", "2"],
    ["Windows line ends", "const crlf = `a\r\nb`;\r\n\r\ncrlf.length", "3"],
    ["a byte order mark before a magic", "\ufeff%lsmagic\n3", "3"],
    ["Windows line ends behind a magic", "const before = 4;\r\n%lsmagic\r\nbefore", "4"],
    ["a magic within a template", "const t = `one\n%reset\ntwo`; t.length", "14"],
    ["nothing but blanks", " \n\t\r\n ", undefined],
    ["a null character", "'a\u0000b'.length", "3"],
    [
      "names that objects have",
      "const constructor = 1, hasOwnProperty = 2, toString = 3; constructor + hasOwnProperty + toString",
      "6",
    ],
  ])("%s", async (_what, code, shown) => expect(await result(code)).toBe(shown));

  test("names like __proto__ are names", async () => {
    await kernel.execute("const __proto__ = 5; const $ = 1; const __defineGetter__ = 2");
    expect(await result("__proto__ + $ + __defineGetter__")).toBe("8");
    expect(await result("({ ['__proto__']: 1 })")).toBe("{ ['__proto__']: 1 }");
    const { reply } = await kernel.execute("1", { user_expressions: Object.fromEntries([["__proto__", "2 + 2"]]) });
    expect(JSON.stringify(reply.content.user_expressions)).toContain('"__proto__":{"status":"ok","data":{"text/plain":"4"}');
  });

  test("lone surrogates are shown as they are", async () => {
    expect(streamText(await kernel.execute("console.log('\\ud83d')"))).toBe("\ud83d\n");
  });

  test("standard decorators run", async () => {
    const code = `const seen: string[] = [];
function note<F extends (...args: never[]) => unknown>(method: F, context: ClassMethodDecoratorContext): F {
  seen.push(\`\${context.kind} \${String(context.name)}\`);
  return method;
}
function sealed(_class: new () => object, { name }: ClassDecoratorContext) { seen.push(String(name)); }
@sealed class Noted { @note greet() { return 1; } }
[...seen, new Noted().greet()].join()`;
    expect(await result(code)).toBe("'method greet,Noted,1'");
    expect(await result("class Later extends Noted { @note leave() { return 2; } }; new Later().leave() + seen.length")).toBe(
      "5",
    );
  });

  test("JSX is refused in so many words", async () => {
    const { ename, evalue } = await failure("const n = 1;\nconst page = <p className='x'>{n}</p>");
    expect([ename, evalue]).toEqual(["InputError", expect.stringMatching(/^2:14: found JSX, expected TypeScript without JSX/)]);
    expect(await result("const less = (a: number, b: number) => a < b; less(1, 2)")).toBe("true");
    expect(await failure("const = <p>")).toMatchObject({ ename: "TypeScriptError" });
  });
});

describe("an output of 100 MB", () => {
  const print = "for (let i = 0; i < 1000; i++) console.log('z'.repeat(99_999));";

  test("is shortened, and its size is said", async () => {
    const answered = await kernel.execute(print);
    expect(answered.reply.content).toMatchObject({ status: "ok" });
    expect(streamText(answered)).toHaveLength(8 * 1024 * 1024);
    expect(streamText(answered, "stderr")).toMatch(/100000000 characters were written, the first 8388608 are shown/);
    expect(streamText(await kernel.execute("console.log('again')"))).toBe("again\n");
  });

  test("is written to a file whole, if asked for", async () => {
    await kernel.execute(`%%tee all.log\n${print}`);
    expect(statSync(join(kernel.folder, "all.log")).size).toBe(100_000_000);
    await kernel.execute("%%tee few.log\nconsole.log('one'); console.error('two')");
    await kernel.execute("console.log('later')");
    expect(readFileSync(join(kernel.folder, "few.log"), "utf8")).toBe("one\ntwo\n");
    const native = "import { execSync } from 'node:child_process';\nvoid execSync('echo from a child', { stdio: 'inherit' })";
    await kernel.execute(`%%tee child.log\nconsole.log('own');\n${native}`);
    await expect
      .poll(() => readFileSync(join(kernel.folder, "child.log"), "utf8").split("\n").sort().join())
      .toBe(",from a child,own");
    expect(await failure("%%tee no/such/folder.log\n1")).toMatchObject({ ename: "InputError" });
  });

  test("of a child process is shortened too", async () => {
    const code =
      "import { spawnSync } from 'node:child_process';\nvoid spawnSync('sh', ['-c', 'yes | head -c 100000000'], { stdio: 'inherit' })";
    const answered = await kernel.execute(code);
    await kernel.until(({ content, parent }) => parent.msg_id === answered.id && String(content.text).includes("is not shown"));
    expect(streamText(answered).length).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  test.each([
    ["a value", "'v'.repeat(1e8)"],
    ["a display", "display({ 'text/html': 'h'.repeat(1e8) }, { raw: true })"],
    ["an error", "throw new Error('e'.repeat(1e8))"],
  ])("as %s is shortened", async (_what, code) => {
    const { published, reply } = await kernel.execute(code);
    expect(JSON.stringify([published, reply]).length).toBeLessThan(200_000);
    expect(JSON.stringify(published)).toMatch(/more characters|of 100000000 characters is not shown/);
  });
});

test("two frontends at once get their own replies, and both see what is published", async () => {
  const other = await kernel.another();
  const mine = kernel.send("execute_request", { code: "console.log('mine'); 'a'" });
  const theirs = other.send("execute_request", { code: "console.log('theirs'); 'b'" });
  expect(resultText(await kernel.answered(mine))).toBe("'a'");
  expect(resultText(await other.answered(theirs))).toBe("'b'");
  const heard = (client: Client, id: string): boolean =>
    client.published.some(({ type, parent }) => type === "execute_result" && parent.msg_id === id);
  await expect.poll(() => heard(kernel, theirs) && heard(other, mine)).toBe(true);
  await other.leave();
});

describe("a start that can't be", () => {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-start-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ports = { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 };
  test.each([
    ["a missing file", undefined, /connection file .*: it can't be read \(ENOENT\)/],
    ["an empty file", "", /connection file .*: it is empty/],
    ["a torn file", '{"shell_port": 1', /no JSON object in it/],
    ["a list", "[]", /no JSON object in it/],
    ["a missing port", JSON.stringify({ ...ports, iopub_port: undefined }), /no port at iopub_port, but nothing/],
    ["a port that is none", JSON.stringify({ ...ports, hb_port: 70_000 }), /no port at hb_port, but 70000/],
    ["another signature", JSON.stringify({ ...ports, signature_scheme: "hmac-md5" }), /hmac-md5 is not offered/],
  ])("for %s says so and ends with 1", async (_what, text, words) => {
    const file = join(folder, "connection.json");
    rmSync(file, { force: true });
    if (text !== undefined) writeFileSync(file, text);
    const { status, stderr } = await ended(spawnOn(file));
    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(status).toBe(1);
  });

  test("for a port in use says which, and ends with 1", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const taken = typeof address === "object" && address !== null ? address.port : 0;
    const file = join(folder, "taken.json");
    writeFileSync(file, JSON.stringify({ ...ports, shell_port: taken, key: "k" }));
    const { status, stderr } = await ended(spawnOn(file));
    server.close();
    expect(stderr).toMatch(
      new RegExp(`the shell socket can't be bound to tcp://127\\.0\\.0\\.1:${taken}: Address already in use`),
    );
    expect(status).toBe(1);
  });

  test("leaves nothing behind", () => expect(existsSync(join(folder, "history.jsonl"))).toBe(false));

  const spawnOn = (file: string): ChildProcess =>
    spawn(process.execPath, ["--disable-warning=ExperimentalWarning", KERNEL, file], {
      cwd: folder,
      env: { ...process.env, TOUCHSTONE_HISTORY: join(folder, "history.jsonl") },
      stdio: ["ignore", "ignore", "pipe"],
    });

  async function ended(child: ChildProcess): Promise<{ status: unknown; stderr: string }> {
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await once(child, "close");
    return { status: child.exitCode, stderr };
  }
});

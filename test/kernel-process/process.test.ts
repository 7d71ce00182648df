import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resultText, startKernel, streamText, typesOf, type Client } from "./client.js";

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("a kernel under way", () => {
  let kernel: Client;
  beforeAll(async () => {
    kernel = await startKernel();
    await kernel.execute("let kept = 42");
  });
  afterAll(() => kernel.stop());

  test.each([
    ["a synchronous loop", "while (true) {}"],
    ["a loop after an await", "await null; while (true) {}"],
    ["a loop within try and finally", "try { while (true) {} } catch { } finally { while (true) {} }"],
    ["a loop in a timer", "setTimeout(() => { while (true) {} }, 1); await new Promise(() => {})"],
    ["a loop over a timer", "while (true) { await new Promise((r) => setTimeout(r, 10)); }"],
    ["a loop over microtasks", "while (true) await null"],
    ["a promise that never settles", "await new Promise(() => {})"],
    ["a regular expression without end", "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
    ["a question without an answer", "await input()"],
  ])("%s is interrupted, and variables are kept", async (_what, code) => {
    const id = kernel.send("execute_request", { code });
    await kernel.until(({ type, parent }) => type === "execute_input" && parent.msg_id === id);
    await pause(250);
    const interrupted = await kernel.request("interrupt_request", {}, "control");
    expect(interrupted.reply.content).toEqual({ status: "ok" });
    expect((await kernel.answered(id)).reply.content).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(resultText(await kernel.execute("kept"))).toBe("42");
  });

  test("an interrupt that comes with the order to run is not lost: 150 loops, each stopped at once, and what follows runs", async () => {
    for (let i = 0; i < 150; i++) {
      const id = kernel.send("execute_request", { code: "while (true) {}" });
      await kernel.until(({ type, parent }) => type === "execute_input" && parent.msg_id === id);
      await kernel.request("interrupt_request", {}, "control");
      expect((await kernel.answered(id)).reply.content).toMatchObject({ ename: "KeyboardInterrupt" });
      expect(resultText(await kernel.execute("kept"))).toBe("42");
    }
  });

  test("an interrupted loop over a timer writes nothing more", async () => {
    const id = kernel.send("execute_request", {
      code: "while (true) { await new Promise((r) => setTimeout(r, 20)); console.log('tick'); }",
    });
    await kernel.until(({ type, parent }) => type === "stream" && parent.msg_id === id);
    await kernel.request("interrupt_request", {}, "control");
    await kernel.answered(id);
    const before = kernel.published.length;
    await pause(200);
    expect(kernel.published.slice(before)).toEqual([]);
  });

  test("control and heartbeat answer while a cell runs", async () => {
    const id = kernel.send("execute_request", { code: "const until = Date.now() + 1500; while (Date.now() < until) {}" });
    await kernel.until(({ type, parent }) => type === "execute_input" && parent.msg_id === id);
    expect(await kernel.heartbeat("beat")).toBe("beat");
    expect((await kernel.request("kernel_info_request", {}, "control")).reply.content).toMatchObject({
      implementation: "touchstone",
    });
    expect(
      kernel.published.some(
        ({ type, content, parent }) => type === "status" && content.execution_state === "idle" && parent.msg_id === id,
      ),
    ).toBe(false);
    await kernel.answered(id);
  });

  test("forged, unsigned, torn and repeated messages are dropped, and the next one is served", async () => {
    const header = JSON.stringify({ msg_id: "x", msg_type: "execute_request", session: "s" });
    const parts = [header, "{}", "{}", JSON.stringify({ code: "globalThis.forged = true" })];
    await kernel.sendRaw(["<IDS|MSG>", "0".repeat(64), ...parts]);
    await kernel.sendRaw(["<IDS|MSG>", "", ...parts]);
    await kernel.sendRaw(["nonsense"]);
    await kernel.sendRaw(["<IDS|MSG>", kernel.sign(["{", "{}", "{}", "{}"]), "{", "{}", "{}", "{}"]);
    const info = [JSON.stringify({ msg_id: "twice", msg_type: "kernel_info_request", session: "s" }), "{}", "{}", "{}"];
    for (let i = 0; i < 2; i++) await kernel.sendRaw(["<IDS|MSG>", kernel.sign(info), ...info]);
    expect(resultText(await kernel.execute("typeof (globalThis as any).forged"))).toBe("'undefined'");
    const served = kernel.published.filter(
      ({ parent, content }) => parent.msg_id === "twice" && content.execution_state === "busy",
    );
    expect(served).toHaveLength(1);
  });

  test("an unknown request is busy, then idle, without a reply", async () => {
    const id = kernel.send("nosuch_request", {});
    await kernel.until(
      ({ type, content, parent }) => type === "status" && content.execution_state === "idle" && parent.msg_id === id,
    );
    expect(kernel.published.filter(({ parent }) => parent.msg_id === id).map(({ content }) => content.execution_state)).toEqual([
      "busy",
      "idle",
    ]);
  });

  test("a comm to an unknown target is closed", async () => {
    const id = kernel.send("comm_open", { comm_id: "c1", target_name: "nosuch", data: {} });
    const closed = await kernel.until(({ type, parent }) => type === "comm_close" && parent.msg_id === id);
    expect(closed.content).toMatchObject({ comm_id: "c1" });
    expect((await kernel.request("comm_info_request", {})).reply.content).toEqual({ status: "ok", comms: {} });
  });

  test.each([
    ["ends itself", "process.exit(7)", /exit code 7/],
    ["is killed", "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})", /SIGKILL/],
  ])("a runner that %s is replaced, and the notebook is told", async (_what, code, reason) => {
    const answered = await kernel.execute(code);
    expect(answered.reply.content).toMatchObject({ status: "error", ename: "RunnerLost" });
    expect(answered.reply.content.evalue).toMatch(reason);
    expect(streamText(answered, "stderr")).toContain("all variables are lost");
    expect(typesOf(answered).at(-1)).toBe("idle");
    expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
    expect((await kernel.execute("kept")).reply.content).toMatchObject({
      status: "error",
      evalue: "TS2304: Cannot find name 'kept'.",
    });
  });
});

describe("the end of a kernel", () => {
  test.each([
    ["at rest", "1"],
    ["in an endless loop", "while (true) {}"],
  ])("a shutdown of one %s is answered on its channel and published, and the process ends with 0", async (_what, code) => {
    const kernel = await startKernel();
    const id = kernel.send("execute_request", { code });
    await kernel.until(({ type, parent }) => type === "execute_input" && parent.msg_id === id);
    const ended = once(kernel.process, "exit");
    const { reply, published } = await kernel.request("shutdown_request", { restart: true }, "control");
    expect(reply.content).toEqual({ status: "ok", restart: true });
    expect(published.some(({ type }) => type === "shutdown_reply")).toBe(true);
    expect(await ended).toEqual([0, null]);
    await kernel.stop();
  });

  test("a runner whose front is killed ends too, even from an endless loop", async () => {
    const kernel = await startKernel();
    const runner = Number(resultText(await kernel.execute("process.pid")));
    kernel.send("execute_request", { code: "while (true) {}" });
    await pause(300);
    kernel.process.kill("SIGKILL");
    await expect.poll(() => isAlive(runner), { timeout: 5_000 }).toBe(false);
    await kernel.stop();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { expect, test } from "vitest";

import { runCommand } from "../../../kernel/setup/run-command.js";

test("a program that is not there ends with status 127 and a reason", async () => {
  const { status, stderr } = await runCommand("no-such-program", []);
  expect(status).toBe(127);
  expect(stderr).toContain("ENOENT");
});

test("output, status and added variables pass; pieces are seen as they come", async () => {
  const pieces: string[] = [];
  const script = "process.stdout.write(process.env.WORD); process.stderr.write('b'); process.exit(3)";
  const finished = await runCommand(process.execPath, ["-e", script], {
    env: { WORD: "a" },
    onStdout: (text) => pieces.push(text),
  });
  expect(finished).toEqual({ status: 3, stdout: "a", stderr: "b" });
  expect(pieces).toEqual(["a"]);
});

test("a program that a signal ended has status 128", async () => {
  expect((await runCommand(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"])).status).toBe(128);
});

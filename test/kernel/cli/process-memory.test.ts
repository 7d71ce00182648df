import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";

import { expect, test } from "vitest";

import { processTree, watchMemory } from "../../../kernel/cli/process-memory.js";

test.skipIf(!existsSync("/proc"))("the tree holds the root and its descendants (needs /proc)", async () => {
  const child = spawn("sh", ["-c", "sleep 30 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [text] = (await once(child.stdout, "data")).map(String);
    const tree = await processTree(child.pid ?? 0);
    expect(tree).toContain(Number(text));
    expect(tree[0]).toBe(child.pid);
    process.kill(Number(text));
  } finally {
    child.kill();
  }
});

test.skipIf(!existsSync("/proc"))("the peak is that of all processes together (needs /proc)", async () => {
  const child = spawn(process.execPath, ["-e", "const b = Buffer.alloc(64 << 20, 1); setTimeout(() => b, 30000)"]);
  const watch = watchMemory(child.pid ?? 0);
  try {
    await expect.poll(() => watch.peak() ?? 0, { timeout: 10_000, interval: 700 }).toBeGreaterThan(64 << 20);
  } finally {
    watch.stop();
    child.kill();
  }
});

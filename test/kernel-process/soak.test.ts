import { expect, test } from "vitest";

import { resultText, startKernel } from "./client.js";
import { soak } from "./soak.js";

test("144 cells of mixed kinds end as they must, and the kernel has lost nothing", async () => {
  const kernel = await startKernel();
  await kernel.execute("let begun = 'first'");
  await soak(kernel, 0, 144);
  expect(resultText(await kernel.execute("begun"))).toBe("'first'");
  await kernel.stop();
});

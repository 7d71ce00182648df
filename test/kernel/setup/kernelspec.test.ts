import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";

import { expect, test, vi } from "vitest";

import { installKernelspec, kernelSpec, userDataFolder } from "../../../kernel/setup/kernelspec.js";
import { temporaryFolder } from "./temporary-folder.js";

test("the specification and the logos are written under the name touchstone, also a second time", async () => {
  const data = temporaryFolder();
  await installKernelspec(data);
  const folder = await installKernelspec(data);
  expect(folder).toBe(join(data, "kernels", "touchstone"));
  expect(readdirSync(folder).sort()).toEqual(["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]);
  expect(JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8"))).toEqual(kernelSpec());
});

test("the kernel is started by absolute paths, in this checkout, and interrupted by message", () => {
  const { argv, interrupt_mode, language } = kernelSpec();
  expect({ interrupt_mode, language }).toEqual({ interrupt_mode: "message", language: "typescript" });
  expect(argv).toHaveLength(4);
  const [node, warning, main, connection] = Array.isArray(argv) ? argv.map(String) : [];
  expect([isAbsolute(node), isAbsolute(main), existsSync(join(main, "../../../package.json"))]).toEqual([true, true, true]);
  expect([basename(main), warning, connection]).toEqual([
    "main.js",
    "--disable-warning=ExperimentalWarning",
    "{connection_file}",
  ]);
});

test.each([
  ["JUPYTER_DATA_DIR", { JUPYTER_DATA_DIR: "/j", XDG_DATA_HOME: "/x" }, "/j"],
  ["XDG_DATA_HOME", { JUPYTER_DATA_DIR: "", XDG_DATA_HOME: "/x" }, "/x/jupyter"],
])("the user's data folder follows %s", (_name, env, folder) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  if (process.platform !== "darwin" || env.JUPYTER_DATA_DIR) expect(userDataFolder()).toBe(folder);
  vi.unstubAllEnvs();
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { InputError } from "../../lib/core/errors.js";

const TENSORFLOW = "../../lib/tensor/tensorflow.js";
const resolver = async () => (await import("../../lib/tensor/backend.js")).resolveBackend;

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("TOUCHSTONE_BACKEND", "");
});
afterEach(() => vi.doUnmock(TENSORFLOW));

const withoutAddon = () =>
  vi.doMock(TENSORFLOW, () => ({
    loadNative: () => {
      throw new Error("no addon");
    },
  }));
const withAddon = (isUsingGpuDevice: boolean) =>
  vi.doMock(TENSORFLOW, () => ({ loadNative: () => ({ tf: {}, backend: { isUsingGpuDevice } }) }));

describe("the backend", () => {
  test.each([
    [false, "tensorflow-cpu"],
    [true, "tensorflow-gpu"],
  ])("is TensorFlow where its addon loads; with a GPU %s it is recorded as %s", async (gpu, label) => {
    withAddon(gpu);
    expect(await (await resolver())()).toMatchObject({ name: "tensorflow", label });
  });

  test("is WebAssembly where the addon does not load", async () => {
    withoutAddon();
    expect(await (await resolver())()).toMatchObject({ name: "wasm", label: "wasm" });
  });

  test("is the named one, by argument or environment", async () => {
    vi.stubEnv("TOUCHSTONE_BACKEND", "cpu");
    expect(await (await resolver())()).toMatchObject({ name: "cpu", label: "cpu" });
    vi.resetModules();
    expect(await (await resolver())("wasm")).toMatchObject({ name: "wasm" });
  });

  test("that was named and does not work is an error, not another one; the next choice is free", async () => {
    withoutAddon();
    const resolve = await resolver();
    await expect(resolve("tensorflow")).rejects.toThrow("no addon");
    expect(await resolve("cpu")).toMatchObject({ name: "cpu" });
  });

  test("stays the same in a process", async () => {
    const resolve = await resolver();
    const first = await resolve("cpu");
    expect(await resolve()).toBe(first);
    await expect(resolve("wasm")).rejects.toThrow(/already computes with.*restart the kernel/is);
  });

  test("of an unknown name suggests the nearest", async () => {
    const error: unknown = await (await resolver())("wsm").catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/did you mean "wasm"/i);
    expect(String(error)).toContain(InputError.name);
  });
});

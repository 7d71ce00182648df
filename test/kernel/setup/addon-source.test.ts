import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { patched, writePatchedSource } from "../../../kernel/setup/addon-source.js";

const binding = join(import.meta.dirname, "../../../node_modules/@tensorflow/tfjs-node-gpu/binding");

test("the installed package's source takes the patches: values are copied, a failed call frees its inputs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "touchstone-addon-"));
  await writePatchedSource(binding, folder);
  const source = await readFile(join(folder, "tfjs_backend.cc"), "utf8");
  await rm(folder, { recursive: true });
  expect(source).not.toContain("TF_NewTensor(dtype, shape, shape_length, array_data");
  expect(source).toContain("memcpy(TF_TensorData(tensor.tensor), array_data, byte_size)");
  expect(source.match(/TF_DeleteTensor\(value\)/g)).toHaveLength(1);
});

test.each([["absent"], ["twice: a b a b"]])("a source where the text to patch is %s is refused", (text) => {
  expect(() => patched(text, [{ find: "a b", replace: "c" }])).toThrow(/holds [02] times/);
});

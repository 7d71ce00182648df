import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { reportLayer } from "../../lib/compression/layer-report.js";
import { gather, restore } from "../../lib/compression/stored-matrix.js";
import type { StoredMatrix } from "../../lib/compression/stored-matrix.js";
import { readLayer, writeBlock } from "../../lib/compression/variant-files.js";

const rows = 3;
const cols = 6;
const dense = { rows, cols, values: Float32Array.from({ length: rows * cols }, (_, i) => i - 7.5) };
const mask = Uint8Array.of(0b1010_0101, 0b0111_1110, 0b01);

const scattered: StoredMatrix = {
  kind: "quantized",
  rows,
  cols,
  bits: 3,
  group: 4,
  symmetric: false,
  codes: Uint8Array.from({ length: rows * cols }, (_, i) => (i * 5) % 8),
  scales: Float32Array.of(0.5, 2, 1, 0.25, 3, 4),
  zeros: Uint8Array.of(1, 2, 3, 4, 5, 6),
  groupIndex: Uint16Array.of(1, 0, 0, 1, 0, 0),
};

test.each<[string, StoredMatrix, number]>([
  ["weights that a mask leaves and that were changed", gather(mask, dense), 3 + 2 * 11],
  ["codes whose groups are of inputs in another order", scattered, 7 + 2 * 6 + 3 + 2 * cols],
])("%s come back as they were, and count in full", async (_what, stored, bytes) => {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
  await writeBlock(folder, 4, { layers: new Map([["down", stored]]), vectors: new Map() });
  const read = await readLayer(folder, 4, "down");
  expect(read).toEqual(stored);
  const after = restore(read, dense.values);
  expect(reportLayer("blocks.4.down", dense, { stored: read, after }).storedBytes).toBe(bytes);
});

test("each input has its group's grid", () => {
  const values = restore(scattered, dense.values);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const grid = 2 * row + [1, 0, 0, 1, 0, 0][col];
      const code = (5 * (row * cols + col)) % 8;
      expect(values[row * cols + col]).toBe([0.5, 2, 1, 0.25, 3, 4][grid] * (code - (grid + 1)));
    }
  }
});

test("kept weights are themselves, others 0", () => {
  const values = restore(gather(mask, dense), new Float32Array(0));
  expect([...values]).toEqual([...dense.values].map((value, i) => (((mask[i >> 3] >> (i & 7)) & 1) === 1 ? value : 0)));
});

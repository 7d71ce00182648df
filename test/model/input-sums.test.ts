import { expect, test } from "vitest";

import { joinPanels, panelFrom, panelsOf } from "../../lib/model/input-sums.js";

test.each([1, 5, 16, 41])(
  "a symmetric matrix of width %i falls into panels that cover its lower half once, and comes back whole",
  (width) => {
    const entry = (row: number, col: number): number => Math.min(row, col) * width + Math.max(row, col);
    const whole = Float32Array.from({ length: width * width }, (_, i) => entry(Math.floor(i / width), i % width));
    const panels = panelsOf(width).map((panel) => panelFrom(whole, width, panel));
    const below = (width * (width + 1)) / 2;
    expect(panels.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThanOrEqual(below);
    expect(joinPanels(width, 1, (panel) => panels[panel].slice())).toEqual(whole);
    expect(joinPanels(width, 2, (panel) => panels[panel].slice())).toEqual(whole.map((value) => 2 * value));
  },
);

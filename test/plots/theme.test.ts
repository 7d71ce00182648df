import { describe, expect, test, vi } from "vitest";

import { plots, renderSvg } from "../../lib/plots/index.js";
import { placeLabels } from "../../lib/plots/place-labels.js";
import { COLOURS, FLIP_COLOURS, INK, methodColour, PAPER, sheet, tint, variantColour } from "../../lib/plots/theme.js";
import { makeTable } from "../../lib/tables/index.js";
import { activationsRows } from "./activations-rows.js";

vi.setConfig({ testTimeout: 60_000 });

const rgbOf = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** Relative luminance, WCAG 2.2. */
function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb
    .map((value) => value / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio, WCAG 2.2. */
function contrast(a: readonly number[], b: readonly number[]): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** A tint over a ground. */
function over(colour: string, ground: readonly number[]): number[] {
  const [red, green, blue, alpha] = colour.match(/[\d.]+/g)?.map(Number) ?? [];
  return [red, green, blue].map((value, i) => alpha * value + (1 - alpha) * ground[i]);
}

const GROUNDS = ["#ffffff", "#111111"].map(rgbOf);
const variantColours = [
  ...[2, 3, 4, 8].map((bits) => variantColour({ method: "rtn", bits })),
  ...["50%", "2:4"].map((pattern) => variantColour({ method: "wanda", pattern })),
];
const methodColours = ["rtn", "gptq", "awq", "magnitude", "wanda", "sparsegpt", "another"].map(methodColour);
const MARKS = [...new Set([...Object.values(COLOURS), ...Object.values(FLIP_COLOURS), ...variantColours, ...methodColours])];

describe("contrast (WCAG 2.2)", () => {
  test.each(MARKS)("the mark %s has 3:1 on white and on JupyterLab's dark ground", (colour) => {
    for (const ground of GROUNDS) expect(contrast(rgbOf(colour), ground)).toBeGreaterThanOrEqual(3);
  });

  test.each(MARKS)(
    "ink on the strongest tint of %s has 4.5:1 on both grounds, in a page's ink and in a picture's own",
    (colour) => {
      const [light, dark] = GROUNDS.map((ground) => over(tint(colour, 1), ground));
      for (const ink of ["#000000", PAPER.light.ink]) expect(contrast(rgbOf(ink), light)).toBeGreaterThanOrEqual(4.5);
      for (const ink of ["#ffffff", PAPER.dark.ink]) expect(contrast(rgbOf(ink), dark)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test("no single text colour would do: between white and #111111 none has 4.5:1 on both", () => {
    const greys = Array.from({ length: 256 }, (_, value) => [value, value, value]);
    expect(Math.max(...greys.map((grey) => Math.min(...GROUNDS.map((ground) => contrast(grey, ground)))))).toBeLessThan(4.5);
  });

  test.each(Object.entries(PAPER))("the %s paper's ink has 4.5:1 on its ground", (_, { ink, ground }) =>
    expect(contrast(rgbOf(ink), rgbOf(ground))).toBeGreaterThanOrEqual(4.5),
  );
});

describe("a picture of a plot", () => {
  const spec = async () => plots.activations.specify(await makeTable(plots.activations.needs, activationsRows()));

  test("has text in the page's ink only, and no ground but its paper", async () => {
    const svg = await renderSvg(await spec());
    const fills = [...svg.matchAll(/<text[^>]*fill="([^"]*)"/g)].map(([, fill]) => fill);
    expect(new Set(fills)).toEqual(new Set([INK]));
    expect(svg.match(/fill="(#ffffff|white)"/g)).toHaveLength(1);
  });

  test("stands on white with dark ink, and turns both where the reader's setting is dark and it stands alone", async () => {
    const svg = await renderSvg(await spec());
    expect(svg).toMatch(/^<svg color="#1f2328"/);
    expect(svg).toContain('class="paper" width="100%" height="100%" fill="#ffffff"');
    expect(svg).toContain("prefers-color-scheme:dark");
  });

  test("is as wide as was asked for, at most", async () => {
    for (const width of [320, 480, 640, 900]) {
      const table = await makeTable(plots.activations.needs, activationsRows());
      const svg = await renderSvg(plots.activations.specify(table, { width }));
      expect(Number(/width="(\d+)/.exec(svg)?.[1])).toBeLessThanOrEqual(width);
    }
    expect(() => sheet("?", [], { width: 20 })).toThrow(/300 to 4000 pixels/);
  });
});

describe("names beside points", () => {
  test("lie on no other name and inside of the panel where there is room", () => {
    const points = Array.from({ length: 8 }, (_, i) => ({ name: `variant-${i}`, x: 100 + (i % 3), y: 60 + 2 * i }));
    const room = { width: 300, height: 200, fontSize: 11 };
    const placed = placeLabels(points, room);
    expect(new Set(placed.map(({ name }) => name)).size).toBe(8);
    const boxes = placed.map(({ name, align, labelX, labelY }) => {
      const length = 0.58 * 11 * name.length;
      const left = align === "left" ? labelX : labelX - length;
      return { left, right: left + length, top: labelY - 6.5, bottom: labelY + 6.5 };
    });
    for (const [i, a] of boxes.entries()) {
      expect(Math.min(a.left, a.top)).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(room.width);
      for (const b of boxes.slice(i + 1))
        expect(a.left >= b.right || b.left >= a.right || a.top >= b.bottom || b.top >= a.bottom).toBe(true);
    }
  });
});

import { encodeLevels, LEVEL_LAYOUTS, type LevelLayout, toHalfAndBack } from "../../formats/index.js";
import type { CodeGrid } from "./code-grids.js";

const BLOCK = 32;

/**
 * The smallest of GGUF's layouts that holds a grid exactly, scales in float16 taken as they are: Q4_0 where code − zero is −8 to 7, Q4_1
 * where −scale · zero is exact in float16, Q8_0 where code − zero is −128 to 127; undefined where none does, or a block of 32 inputs has
 * more than one scale.
 */
export function levelLayout(grid: CodeGrid): LevelLayout | undefined {
  if (!hasWholeBlocks(grid)) return undefined;
  const { least, greatest } = extremes(grid);
  const fits = (layout: LevelLayout): boolean =>
    least >= LEVEL_LAYOUTS[layout].least && greatest <= LEVEL_LAYOUTS[layout].greatest;
  if (fits("Q4_0")) return "Q4_0";
  if (grid.bits <= 4 && minimaAreExact(grid)) return "Q4_1";
  return fits("Q8_0") ? "Q8_0" : undefined;
}

/** The blocks of a matrix. @param rowOf for each row of the file, the grid's   -> [rows · cols / 32 · bytes] */
export function encodeGrid(layout: LevelLayout, grid: CodeGrid, rowOf: (row: number) => number): Uint8Array<ArrayBuffer> {
  const { rows, cols, groups, codes, zeros, groupIndex } = grid;
  const levels = new Int16Array(codes.length);
  const scales = new Float32Array(codes.length / BLOCK);
  const minima = new Float32Array(scales.length);
  for (let row = 0, block = 0; row < rows; row++) {
    const own = rowOf(row);
    for (let col = 0; col < cols; col += BLOCK, block++) {
      const group = own * groups + groupIndex[col];
      scales[block] = grid.scales[group];
      minima[block] = -grid.scales[group] * zeros[group];
      const shift = layout === "Q4_1" ? 0 : zeros[group];
      for (let i = 0; i < BLOCK; i++) levels[BLOCK * block + i] = codes[own * cols + col + i] - shift;
    }
  }
  return encodeLevels(layout, { levels, scales, minima: layout === "Q4_1" ? minima : undefined });
}

const hasWholeBlocks = ({ cols, groupIndex }: CodeGrid): boolean =>
  cols % BLOCK === 0 && groupIndex.every((group, i) => group === groupIndex[i - (i % BLOCK)]);

/** Of code − zero. */
function extremes({ rows, cols, groups, codes, zeros, groupIndex }: CodeGrid): { least: number; greatest: number } {
  let [least, greatest] = [0, 0];
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const level = codes[row * cols + col] - zeros[row * groups + groupIndex[col]];
      if (level < least) least = level;
      else if (level > greatest) greatest = level;
    }
  }
  return { least, greatest };
}

function minimaAreExact({ scales, zeros }: CodeGrid): boolean {
  const minima = scales.map((scale, i) => -scale * zeros[i]);
  const halves = toHalfAndBack(minima);
  return minima.every((minimum, i) => halves[i] === minimum && minimum === -scales[i] * zeros[i]); // not rounded to float32 either
}

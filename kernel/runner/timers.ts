import { withinCell, type Cells } from "./cells.js";

/**
 * Makes timers remember the cell that set them, and runs their callbacks in a microtask: cut off directly inside a timer,
 * Node would end the process. Timers of interrupted cells don't fire, so that a loop over a timer ends with its cell.
 */
export function wrapTimers(cells: Cells): void {
  globalThis.setTimeout = wrapTimer(globalThis.setTimeout, cells);
  globalThis.setInterval = wrapTimer(globalThis.setInterval, cells);
  globalThis.setImmediate = wrapTimer(globalThis.setImmediate, cells);
}

function wrapTimer<T extends typeof setTimeout | typeof setInterval | typeof setImmediate>(original: T, cells: Cells): T {
  return new Proxy(original, {
    apply: (target, self, given: unknown[]): unknown => {
      const [callback, delay, ...rest] = given;
      if (!isFunction(callback)) return Reflect.apply(target, self, given);
      const cell = cells.current;
      const ours = cells.libraryCalls.size > 0;
      const fire = (...values: unknown[]): void => {
        if (cells.interrupted.has(cell) && !ours) return;
        queueMicrotask(() => withinCell(cells, cell, () => callback(...values)));
      };
      return Reflect.apply(target, self, [fire, delay, ...rest]);
    },
  });
}

const isFunction = (value: unknown): value is (...values: unknown[]) => unknown => typeof value === "function";

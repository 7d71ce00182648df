import { describe, expect, test } from "vitest";

import { median, readFigures, type StartFigures } from "./figures.js";
import { FLOORS, IPYKERNEL, judge, OURS, TSLAB } from "./floors.js";

/** A start that meets every floor by a wide margin, and the peers' beside it. */
const good: StartFigures = {
  kernel_info: 100,
  start_to_first_result: 1000,
  trivial_p50: 4,
  trivial_p95: 6,
  complete_p50: 5,
  complete_ok: true,
  inspect_ok: true,
  stream_10k: 50,
  stream_lines: 10_000,
  stream_ordered: true,
  displays: 200,
  displays_ordered: true,
  pss_200: 200,
  int_loop: 40,
  int_loop_status: "error",
  int_loop_kept: true,
  int_sleep: 5,
  int_sleep_status: "error",
  int_sleep_kept: true,
  int_await: 40,
  int_await_status: "error",
  int_await_kept: true,
  shutdown_reply: true,
  orphan_exit: 800,
};
const peers = {
  [TSLAB]: { kernel_info: 2000, start_to_first_result: 2500, trivial_p50: 5, complete_p50: 10, pss_200: 200 },
  [IPYKERNEL]: { kernel_info: 600, stream_10k: 100 },
};

const run = (changed: StartFigures, rounds = 1) => ({
  [OURS]: Array.from({ length: rounds }, () => ({ ...good, ...changed })),
  [TSLAB]: Array.from({ length: rounds }, () => peers[TSLAB]),
  [IPYKERNEL]: Array.from({ length: rounds }, () => peers[IPYKERNEL]),
});
const missed = (changed: StartFigures): string[] =>
  judge(run(changed, 3))
    .filter(({ met }) => !met)
    .map(({ floor }) => floor);

describe("the kernel's floors", () => {
  test("are all met by a kernel that meets them", () => expect(missed({})).toEqual([]));

  test.each([
    ["kernel_info", 490, ["start to kernel_info, ms"]],
    ["start_to_first_result", 2300, ["start to first cell, ms"]],
    ["trivial_p95", 13, ["trivial cell, p95, ms"]],
    ["stream_lines", 9_999, ["10,000 lines: arrived"]],
    ["pss_200", 241, ["memory after 200 cells, PSS, MiB"]],
    ["int_await", null, ["interrupt of a loop after an await, ms"]],
    ["int_await_kept", false, ["interrupt of a loop after an await: variables kept"]],
    ["orphan_exit", "no", ["gone after its launcher is killed, ms"]],
  ])("%s = %s misses its own", (figure, value, floors) => expect(missed({ [figure]: value })).toEqual(floors));

  test("are none of them met by a kernel that never started", () => {
    const judged = judge({ ...run({}), [OURS]: [{ failed: "RuntimeError: no kernel_info_reply in 60 s" }] });
    expect(judged.every(({ met }) => !met)).toBe(true);
    expect(judged).toHaveLength(FLOORS.length);
  });

  test("a ratio is the median of the rounds' own ratios, so that a slow phase counts for both", () => {
    const figures = {
      ...run({}, 3),
      [OURS]: [100, 300, 100].map((kernel_info) => ({ ...good, kernel_info })),
      [IPYKERNEL]: [200, 600, 200].map((kernel_info) => ({ ...peers[IPYKERNEL], kernel_info })),
    };
    expect(judge(figures)[0]).toMatchObject({ ratio: "0.5", met: true });
  });
});

test("a round in which a peer does not start has no pair; one in which ours does not is missed", () => {
  const figures = run({}, 2);
  const broken: StartFigures = { failed: "no kernel_info_reply" };
  expect(judge({ ...figures, [TSLAB]: [broken, peers[TSLAB]] }).every(({ met }) => met)).toBe(true);
  expect(judge({ ...figures, [TSLAB]: [broken, broken] }).some(({ met }) => !met)).toBe(true);
  expect(judge({ ...figures, [OURS]: [broken, good] }).every(({ met }) => !met)).toBe(true);
});

test("a median of a list with a missing figure is missing", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(2.5);
  expect(median([1, Number.NaN])).toBeNaN();
  expect(median([])).toBeNaN();
});

test("a bench that printed no figures is refused", () => {
  expect(() => readFigures('{"rounds": 1}')).toThrow();
});

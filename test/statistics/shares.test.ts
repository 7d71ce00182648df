import { describe, expect, test } from "vitest";

import { createRandom } from "../../lib/core/random.js";
import { type ClusterCount, clusteredShare, standingOut, wilson } from "../../lib/statistics/index.js";

const copies = (count: number, cluster: ClusterCount): ClusterCount[] => Array.from({ length: count }, () => cluster);

describe("clusteredShare", () => {
  test("is Wilson's interval where each cluster is one trial, and all there is for none", () => {
    const clusters = [...copies(3, { successes: 1, trials: 1 }), ...copies(17, { successes: 0, trials: 1 })];
    expect(clusteredShare(clusters)).toEqual(wilson(3, 20));
    expect(clusteredShare([])).toEqual({ low: 0, high: 1 });
  });

  test("does not narrow by trials that say the same again", () => {
    const once = clusteredShare([...copies(8, { successes: 1, trials: 1 }), ...copies(12, { successes: 0, trials: 1 })]);
    const fourTimes = clusteredShare([...copies(8, { successes: 4, trials: 4 }), ...copies(12, { successes: 0, trials: 4 })]);
    expect(fourTimes.low).toBeLessThan(once.low);
    expect(fourTimes.high).toBeGreaterThan(once.high); // by Student's quantile, and a little
    expect(fourTimes.high - fourTimes.low).toBeLessThan(1.12 * (once.high - once.low));
  });

  test.each([0, 1])("has a width and stays in 0 to 1 where all trials came out %i", (one) => {
    const { low, high } = clusteredShare(copies(5, { successes: 3 * one, trials: 3 }));
    expect([low, high]).toEqual([wilson(5 * one, 5).low, wilson(5 * one, 5).high]);
    expect(clusteredShare([{ successes: 3 * one, trials: 3 }])).toEqual(wilson(one, 1));
  });

  test("covers the true share in 93.5 to 97 % of simulated studies, where Wilson's on the trials does not", () => {
    const random = createRandom("clustered shares");
    const truth = 0.3;
    let [covered, naive] = [0, 0];
    const studies = 3000;
    for (let study = 0; study < studies; study++) {
      const clusters = Array.from({ length: 40 }, (): ClusterCount => {
        const trials = 1 + random.integer(4);
        const own = random.uniform() < truth; // each trial is the cluster's own answer or one drawn anew
        const answers = Array.from({ length: trials }, () => (random.uniform() < 0.7 ? own : random.uniform() < truth));
        return { trials, successes: answers.filter(Boolean).length };
      });
      const isIn = ({ low, high }: { low: number; high: number }): boolean => low <= truth && truth <= high;
      const sum = (pick: (cluster: ClusterCount) => number): number => clusters.reduce((total, each) => total + pick(each), 0);
      if (isIn(clusteredShare(clusters))) covered++;
      if (
        isIn(
          wilson(
            sum(({ successes }) => successes),
            sum(({ trials }) => trials),
          ),
        )
      )
        naive++;
    }
    expect(covered / studies).toBeGreaterThan(0.935);
    expect(covered / studies).toBeLessThan(0.97);
    expect(naive / studies).toBeLessThan(0.92);
  });
});

describe("standingOut", () => {
  const random = () => createRandom("deal");

  test("gives a treatment that alone works in every unit a small p and all others 1", () => {
    const units = Array.from({ length: 12 }, () => [0, 0, 1, 0, 0]);
    const [a, b, found, ...rest] = standingOut(units, { random: random(), draws: 500 });
    expect(found).toBeCloseTo(1 / 501, 12);
    expect([a, b, ...rest]).toEqual([1, 1, 1, 1]);
  });

  test("is 1 for all where all are alike, and none for no treatments", () => {
    expect(standingOut([[1, 1, 1], [0, 0, 0]], { random: random() })).toEqual([1, 1, 1]); // prettier-ignore
    expect(standingOut([], { random: random() })).toEqual([]);
  });

  test("of alike treatments finds one below 0.05 in at most 5 % of studies, two standard errors over", () => {
    const draw = createRandom("alike");
    const studies = 400;
    let found = 0;
    for (let study = 0; study < studies; study++) {
      const units = Array.from({ length: 20 }, () => {
        const own = draw.uniform(); // units differ, treatments don't
        return Array.from({ length: 8 }, () => (draw.uniform() < own ? 1 : 0));
      });
      if (Math.min(...standingOut(units, { random: draw, draws: 99 })) < 0.05) found++;
    }
    expect(found / studies).toBeLessThan(0.05 + 2 * Math.sqrt((0.05 * 0.95) / studies));
  });
});

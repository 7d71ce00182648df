import { describe, expect, test } from "vitest";

import { InputError } from "../../lib/core/errors.js";
import { planRecipe, sweepRecipes } from "../../lib/compression/index.js";
import type { SweepRequest } from "../../lib/compression/index.js";
import { toyConfig } from "./toy-weights.js";

const smol = { ...toyConfig, width: 576, heads: 9, headWidth: 64, hidden: 1536, blocks: 30 };
const names = (request: SweepRequest, config = smol): string[] =>
  sweepRecipes(request, config).map((recipe) => planRecipe(recipe, config).figures.name);

describe("a sweep", () => {
  test.each<[SweepRequest, string[]]>([
    [{ methods: ["rtn"], bits: [8, 4, 3] }, ["rtn-8bit-g64", "rtn-4bit-g64", "rtn-3bit-g64"]],
    [{ methods: ["rtn"], group: "channel", symmetric: true, bits: [3] }, ["rtn-3bit-channel-sym"]],
    [{ methods: ["magnitude"], patterns: ["50%", "2:4"] }, ["magnitude-50%", "magnitude-2:4"]],
    [{ methods: ["rtn", "magnitude"], bits: [4], patterns: ["4:8"] }, ["rtn-4bit-g64", "magnitude-4:8"]],
    [{ methods: ["rtn", "magnitude", "rtn"] }, ["rtn-4bit-g64", "magnitude-50%"]],
    [
      { methods: ["gptq", "rtn"], bits: [4], actOrder: true, staticGroups: true, damp: 0.1 },
      ["gptq-4bit-g64-act-static-damp0.1-seed0", "rtn-4bit-g64"],
    ],
    [{ methods: ["gptq", "sparsegpt"], bits: [3] }, ["gptq-3bit-g64-seed0", "sparsegpt-50%-seed0"]],
    [{ methods: ["sparsegpt"], patterns: ["2:4"], jointBits: [4, 3] }, ["sparsegpt-2:4-4bit-seed0", "sparsegpt-2:4-3bit-seed0"]],
    [{ methods: ["magnitude", "wanda"], scope: "model" }, ["magnitude-50%-global", "wanda-50%-seed0"]],
    [{ methods: ["rtn"], keep: ["down", "lm_head", "blocks.0"] }, ["rtn-4bit-g64-keep-blocks.0+down+lm_head"]],
  ])("%j names its variants %j", (request, expected) => {
    expect(names(request)).toEqual(expected);
  });

  test("with a long list of kept parts has a name that a folder can have, another one for another list", () => {
    const keeping = (blocks: number): string[] =>
      names({ methods: ["rtn"], keep: Array.from({ length: blocks }, (_, block) => `blocks.${block}.gate`) });
    expect(keeping(30)[0]).toMatch(/^rtn-4bit-g64-keep-30-[0-9a-f]{8}$/);
    expect(keeping(29)).not.toEqual(keeping(30));
  });

  test.each([
    [{ width: 512, heads: 8, hidden: 1024 }, "rtn-4bit-g128"],
    [{}, "rtn-4bit-g64"],
    [{ width: 32, heads: 2, headWidth: 16, hidden: 48 }, "rtn-4bit-channel"],
  ])("has the standard group of a model with %j: %s", (sizes, name) => {
    expect(names({ methods: ["rtn"] }, { ...smol, ...sizes })).toEqual([name]);
  });

  test("gives complete recipes, which plan to themselves", () => {
    const recipes = sweepRecipes({ methods: ["rtn", "magnitude"], keep: ["q"] }, smol);
    expect(recipes[0]).toEqual({ method: "rtn", settings: { bits: 4, group: 64, symmetric: false, keep: ["q"] } });
    expect(recipes.map((recipe) => planRecipe(recipe, smol).recipe)).toEqual(recipes);
  });

  test.each<[string, SweepRequest, RegExp]>([
    ["no method", { methods: [] }, /one or more of/],
    ["an unknown method", { methods: ["rtm"] }, /did you mean "rtn"/i],
    ["bits for a method without", { methods: ["magnitude"], bits: [4] }, /compress, bits.*magnitude doesn't have.*rtn/],
    ["patterns for a method without", { methods: ["rtn"], patterns: ["2:4"] }, /compress, patterns.*rtn doesn't have/],
    ["bits for a pruner that could have them jointly", { methods: ["sparsegpt"], bits: [4] }, /compress, bits.*gptq, rtn/],
    ["joint bits of 1", { methods: ["sparsegpt"], jointBits: [1] }, /sparsegpt, bits: found 1/],
    [
      "static groups for whole channels",
      { methods: ["gptq"], group: "channel", staticGroups: true },
      /staticGroups: found true with the group "channel"/,
    ],
    ["an activation order for a method without", { methods: ["rtn"], actOrder: true }, /actOrder.*rtn doesn't have.*gptq/],
    ["1 bit", { methods: ["rtn"], bits: [1] }, /bits: found 1, expected a whole number from 2 to 8/],
    ["9 bits", { methods: ["rtn"], bits: [4, 9] }, /bits: found 9/],
    ["half a bit", { methods: ["rtn"], bits: [3.5] }, /bits: found 3.5/],
    ["a group of 1", { methods: ["rtn"], group: 1 }, /group: found 1/],
    ["a group beyond the widest layer", { methods: ["rtn"], group: 4096 }, /found 4096, expected .*1536.*"channel"/],
    ["a share of 100%", { methods: ["magnitude"], patterns: ["100%"] }, /pattern: found "100%"/],
    [
      "an m that doesn't divide a width",
      { methods: ["magnitude"], patterns: ["3:5"] },
      /3:5: found layers of 576 and 1536.*2, 4, 8, 16/,
    ],
    ["an unknown part to keep", { methods: ["rtn"], keep: ["dwn"] }, /keep: found "dwn", expected lm_head/],
    ["every part kept", { methods: ["rtn"], keep: ["blocks"] }, /keep: found all linear layers/],
  ])("is refused with %s", (_, request, message) => {
    expect(() => sweepRecipes(request, smol)).toThrow(InputError);
    expect(() => sweepRecipes(request, smol)).toThrow(message);
  });

  test("is refused with an unknown setting in a recipe, naming the nearest", () => {
    expect(() => planRecipe({ method: "rtn", settings: { bit: 4 } }, smol)).toThrow(/setting "bit".*did you mean "bits"/i);
  });
});

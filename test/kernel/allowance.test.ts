import { describe, expect, test } from "vitest";

import { createAllowance, shorten } from "../../kernel/allowance.js";

describe("the text that a cell may show", () => {
  test("is shown up to the limit, with one remark, and its size at the end", () => {
    const allowance = createAllowance(5);
    expect(allowance.take(1, "abc")).toEqual({ shown: "abc" });
    const over = allowance.take(1, "defg");
    expect(over.shown).toBe("de");
    expect(over.remark).toContain("beyond 5 characters");
    expect(allowance.take(1, "h")).toEqual({ shown: "" });
    expect(allowance.end(1)).toBe("[8 characters were written, the first 5 are shown]\n");
    expect(allowance.take(2, "other")).toEqual({ shown: "other" });
    expect(allowance.end(2)).toBeUndefined();
  });

  test("begins anew when the cell clears what it has shown", () => {
    const allowance = createAllowance(3);
    allowance.take(1, "abc");
    allowance.renew(1);
    expect(allowance.take(1, "def")).toEqual({ shown: "def" });
  });
});

test("a text that is too long says how much is missing", () => {
  expect(shorten("abcdef", 4)).toBe("abcd… (2 more characters)");
  expect(shorten("abcd", 4)).toBe("abcd");
});

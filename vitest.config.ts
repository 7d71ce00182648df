import { defineConfig } from "vitest/config";

/** unit: milliseconds, no native code; reference: ground truth and the real model; kernel: the built kernel over its sockets; browser: in JupyterLab. */
export default defineConfig({
  test: {
    globalSetup: "test/temporary-files.ts",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/reference/**", "test/kernel-process/**", "test/browser/**"],
          testTimeout: 30_000, // a busy machine is no failure
        },
      },
      {
        test: {
          name: "reference",
          include: ["test/reference/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          pool: "forks",
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "kernel",
          include: ["test/kernel-process/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: "forks",
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool: "forks",
          maxWorkers: 1,
        },
      },
    ],
  },
});

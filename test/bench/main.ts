import { benchAnalysis } from "./analysis.js";
import { benchCompression } from "./compression.js";
import { benchCoverage } from "./coverage.js";
import { benchInference } from "./inference.js";
import { benchKernel } from "./kernel.js";
import { benchSoak } from "./soak.js";
import { benchTrust } from "./trust.js";

/** Benches by name. */
const BENCHES: Readonly<Record<string, (options: readonly string[]) => Promise<void>>> = {
  analysis: benchAnalysis,
  compression: benchCompression,
  coverage: benchCoverage,
  inference: benchInference,
  kernel: benchKernel,
  soak: benchSoak,
  trust: benchTrust,
};

const [name = "", ...options] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join("|")} [options]`);
  process.exitCode = 2;
} else await bench(options);

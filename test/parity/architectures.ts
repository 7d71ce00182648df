import { architectureCases, compareArchitecture, LARGEST_DIFFERENCE } from "./architectures/compare.js";
import { runParity } from "./report.js";

await runParity("parity:architectures", async () => {
  const found = [];
  for (const [name, truth] of Object.entries(architectureCases())) found.push(await compareArchitecture(name, truth));
  const missed = found.flatMap(({ name, largestDifference, alone, batched, greedyTokens }) => [
    ...(largestDifference <= LARGEST_DIFFERENCE ? [] : [`${name}: log-probabilities are off by ${largestDifference}`]),
    ...(alone === greedyTokens ? [] : [`${name}: ${alone} of ${greedyTokens} greedy tokens, one prompt at a time`]),
    ...(batched === greedyTokens ? [] : [`${name}: ${batched} of ${greedyTokens} greedy tokens, in one batch`]),
  ]);
  return {
    rows: found.map(({ name, largestDifference, alone, batched, greedyTokens, positions }) => ({
      model: name,
      "largest log-probability difference": largestDifference.toExponential(2),
      floor: `<= ${LARGEST_DIFFERENCE}`,
      positions,
      "greedy tokens equal, alone": `${alone} of ${greedyTokens}`,
      "in one batch": `${batched} of ${greedyTokens}`,
    })),
    figures: { models: found },
    missed,
  };
});

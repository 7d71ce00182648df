import { Decoder, loadModel } from "../../lib/model/index.js";
import { compareChats, compareGreedy, compareTokenizer, evaluationNll, largestDifference, type Share } from "./model/compare.js";
import { readModelTruth } from "./model/ground-truth.js";
import { runParity } from "./report.js";

const FLOORS = { logProbability: 2e-3, nll: 1e-3 };

await runParity("parity:model", async () => {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("usage: npm run parity:model -- DIR (a folder like ../shared/reference/smollm2)");
  const truth = readModelTruth(folder);
  const model = await loadModel("smollm2");
  const decoder = await Decoder.load(model.config, model.weights);
  const tokenizations = compareTokenizer(model, truth);
  const chats = compareChats(model, truth);
  const difference = largestDifference(decoder, truth);
  const alone = await compareGreedy({ model, decoder }, truth, false);
  const batched = await compareGreedy({ model, decoder }, truth, true);
  const nll = await evaluationNll(decoder, truth);
  decoder.close();
  await model.close();
  const shares: readonly (readonly [string, Share])[] = [
    ["tokenizations equal", tokenizations],
    ["chat prompts equal", chats],
    ["greedy tokens equal, one prompt at a time", alone],
    ["greedy tokens equal, all prompts in one batch", batched],
  ];
  const nllDifference = Math.abs(nll - truth.denseNll);
  return {
    rows: [
      ...shares.map(([figure, { equal, of }]) => ({ figure, ours: `${equal} of ${of}`, floor: "all" })),
      { figure: "largest log-probability difference", ours: difference.toExponential(2), floor: `<= ${FLOORS.logProbability}` },
      { figure: "dense NLL", ours: nll.toFixed(6), floor: `${truth.denseNll.toFixed(6)} ± ${FLOORS.nll}` },
    ],
    figures: {
      tokenizations,
      chats,
      greedyAlone: alone,
      greedyBatched: batched,
      largestLogProbabilityDifference: difference,
      nll,
      nllDifference,
    },
    missed: [
      ...shares.flatMap(([figure, { equal, of }]) => (of > 0 && equal === of ? [] : [`${figure}: ${equal} of ${of}`])),
      ...(difference <= FLOORS.logProbability ? [] : [`largest log-probability difference ${difference}`]),
      ...(nllDifference <= FLOORS.nll ? [] : [`dense NLL is off by ${nllDifference}`]),
    ],
  };
});

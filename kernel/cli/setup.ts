import { setup as setUp } from "../setup/index.js";
import { readOptions, type Command } from "./command.js";

/** Brings everything that the other commands, the tests and the notebooks need. */
export const setup: Command = {
  summary: "bring what is missing: the Jupyter environment, TensorFlow for Node, the first model",
  usage: "setup",
  run: async (args) => {
    readOptions("setup", args, {});
    const began = Date.now();
    const worked = await setUp({ needs: ["python", "native", "model"] });
    if (worked) console.error(`everything is there after ${((Date.now() - began) / 1000).toFixed(0)} s`);
    return 0;
  },
};

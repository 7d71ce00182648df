import { setTimeout } from "node:timers/promises";

import { finish } from "../../lib/core/progress.js";
import { evaluate, openStudy } from "../../lib/study/index.js";
import { dimensions, readSuite } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "./fake-responder.js";

/** Evaluates into the study folder given, says after three batches that it has begun, and then waits to be killed. */
async function main(folder: string): Promise<void> {
  const study = await openStudy(folder);
  const suite = await readSuite(dimensions.stereotype, "mini");
  const inner = fakeResponder(() => "I disagree.", { batch: 2 });
  const responder = {
    ...inner,
    answer: async function* (...args: Parameters<typeof inner.answer>) {
      let batches = 0;
      for await (const batch of inner.answer(...args)) {
        if (batches++ === 3) {
          console.log("begun");
          await setTimeout(60_000);
        }
        yield batch;
      }
    },
  };
  await finish(
    evaluate(study, {
      ...{ dimension: dimensions.stereotype, suite, tasks: ["benign"], limit: 10 },
      ...{ variants: [fakeVariant("dense")], responderFor: () => Promise.resolve(responder) },
    }),
  );
}

await main(process.argv[2]);

/** `npm run parity:compression -- [DIR]`: single layers; `npm run parity:compression -- --model DIR`: the whole model. */
await (process.argv[2] === "--model" ? import("./compression-model.js") : import("./compression.js"));

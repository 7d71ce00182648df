import type { Reply } from "./services.js";

/** TypeScript's version inside tslab, whose converter compiles the cells; a test holds it. */
export const LANGUAGE_VERSION = "5.0.4";
/** Touchstone's own; package.json's. */
export const IMPLEMENTATION_VERSION = "0.1.0";

/** The content of kernel_info_reply. */
export const kernelInfo: Reply = {
  status: "ok",
  protocol_version: "5.4",
  implementation: "touchstone",
  implementation_version: IMPLEMENTATION_VERSION,
  language_info: {
    name: "typescript",
    version: LANGUAGE_VERSION,
    mimetype: "text/typescript",
    file_extension: ".ts",
    pygments_lexer: "typescript",
    codemirror_mode: { name: "javascript", typescript: true },
    nbconvert_exporter: "script",
  },
  banner: `Touchstone ${IMPLEMENTATION_VERSION}: TypeScript ${LANGUAGE_VERSION} cells, compressed language models, and what that does to trust. %help lists the magics.`,
  help_links: [
    { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
    { text: "Arquero", url: "https://idl.uw.edu/arquero/" },
    { text: "Vega-Lite", url: "https://vega.github.io/vega-lite/docs/" },
  ],
  supported_features: [],
  debugger: false,
};

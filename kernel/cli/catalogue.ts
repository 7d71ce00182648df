export { demo } from "./demo.js";
export { install } from "./install.js";
export { lab } from "./lab.js";
export { run } from "./run.js";
export { setup } from "./setup.js";

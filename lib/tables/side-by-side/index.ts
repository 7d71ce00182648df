export { type MatrixOptions, flipMatrices } from "./flip-matrix.js";
export { type BesideOptions, itemsBeside, type ItemsBeside, type View } from "./items-beside.js";

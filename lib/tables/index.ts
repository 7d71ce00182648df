export { type ChangeOptions, changedItemsTable, flipsTable } from "./changed-items.js";
export { type Cell, type Column, type ColumnName, columnOf, COLUMNS } from "./columns.js";
export { type ShowOptions, tableHtml, tableText } from "./html.js";
export { itemsTable } from "./items.js";
export { makeTable, type Row, type Table } from "./make.js";
export { modelCard } from "./model-card.js";
export { ALL_TASKS, scoresTable } from "./scores.js";
export type { Selection } from "./selection.js";
export { variantsTable } from "./variants.js";

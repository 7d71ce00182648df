/** The look of a report: one column, system fonts, light and dark by the reader's setting, black on white in print. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --soft: #57606a; --paper: #ffffff; --line: #d0d7de; --shade: #f3f5f7; --link: #0550ae; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #a3adb8; --paper: #14181d; --line: #3a424c; --shade: #1e242b; --link: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
footer { padding-bottom: 2rem; color: var(--soft); }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.2rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.08rem; margin: 1.6rem 0 .4rem; overflow-wrap: anywhere; }
h4 { font-size: 1rem; margin: 0; }
p, ul, dl { max-width: 46rem; margin: .5rem 0; overflow-wrap: anywhere; }
li { margin: .25rem 0; }
a { color: var(--link); }
nav ul { padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1rem; }
.soft, .small { color: var(--soft); }
.small { font-size: .88rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .2rem 0 .4rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
tbody th { font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
code, pre { font: .86em ui-monospace, "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
td code { word-break: break-all; display: inline-block; min-width: 10rem; }
pre { background: var(--shade); padding: .7rem; overflow-x: auto; white-space: pre-wrap; }
figure { margin: 1.2rem 0; }
.picture { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); border-radius: 4px; }
.picture svg { display: block; color: var(--ink); }
figcaption { color: var(--soft); font-size: .88rem; padding-top: .3rem; }
.example { border: 1px solid var(--line); border-radius: 4px; padding: .7rem .9rem; margin: .8rem 0; }
dt { font-weight: 600; font-size: .88rem; margin-top: .4rem; }
dd { margin: 0; }
.quote { background: var(--shade); padding: .4rem .6rem; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print {
  :root { --ink: #000000; --soft: #333333; --paper: #ffffff; --line: #999999; --shade: #f3f3f3; --link: #000000; }
  @page { margin: 15mm; }
  body { font-size: 10pt; }
  nav { display: none; }
  main, header, footer { max-width: none; padding: 0; }
  .scroll, .picture, pre { overflow: visible; }
  table { font-size: 7.5pt; width: 100%; }
  th, td { padding-right: .3rem; overflow-wrap: anywhere; }
  td code { min-width: 0; }
  thead { display: table-header-group; }
  tr, figure, .example { break-inside: avoid; }
  h2, h3, h4, caption { break-after: avoid; }
  .picture { border: 0; padding: 0; }
  .picture svg { max-width: 100%; height: auto; }
}
`;

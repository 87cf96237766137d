"""The viewer in the browser, and the exported page that needs no server.

`scripts/` has ES modules, type-checked by TypeScript through their JSDoc comments; a file directly in it is the entry point of
a bundle. `npm run build` bundles each with its modules and shaders into `dist/NAME.js`, which is committed: who installs the
package needs no Node.js. They are classic scripts (IIFE) and not modules, because an exported page is opened from file://,
where browsers refuse to load modules, and because a Gradio component takes its script as one string, the body of a function.
After a change of a script or a shader: `npm ci && npm run check && npm test && npm run build`.
"""

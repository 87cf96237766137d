import assert from "node:assert/strict";
import test from "node:test";

import { formatLink, parseView } from "../../ode_appearance/web/scripts/base/link-format.js";
import { parseSolve } from "../../ode_appearance/web/scripts/base/link-parameters.js";
import { defaultLight, defaultView } from "../../ode_appearance/web/scripts/base/view-state.js";
import { material, scene } from "./scene.js";

test("a link has the solve", () => {
  const solver = { method: "heun", stepping: "fixed", step: 0.1, tolerance: 0.01, quality: "light" };
  const link = formatLink(defaultView(), { ...scene, solver, start: "noise" });
  assert.deepEqual(parseSolve(link), {
    material: material.name, seed: 3, start_kind: "noise", width: 64, height: 32, start: -2, end: 10, count: 3,
    quality: "light", method: "heun", stepping: "fixed", step: 0.1,
  }); // prettier-ignore
});

test("a link has what differs from the default view", () => {
  const changes = {
    time: 1.25,
    channel: "height",
    second: "lit",
    divider: 0.25,
    beside: true,
    exposure: -1,
    surface: "sphere",
    tiles: [2, 3],
    zoom: 4,
    turn: [0.5, -0.25],
    lights: [defaultLight({ x: 0.5, colour: "#ff8040" }), defaultLight({ kind: "directional", orbit: 0.15 })],
  };
  assert.deepEqual(parseView(formatLink({ ...defaultView(), ...changes }, scene), scene), changes);
  assert.deepEqual(parseView(formatLink(defaultView(), scene), scene), {});
});

test("a link is clamped and checked", () => {
  const link = "#zoom=1000&tiles=99x0&channel=nothing&second=exemplar&surface=cube&light=point,9,x,1,0,red,0";
  const light = defaultLight({ x: 1 });
  assert.deepEqual(parseView(link, scene), { zoom: 32, tiles: [8, 1], lights: [light] });
});

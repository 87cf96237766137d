import test from "node:test";

import { lightUniforms, linearColour, orbitLights } from "../../ode_appearance/web/scripts/base/lights.js";
import { defaultLight } from "../../ode_appearance/web/scripts/base/view-state.js";
import { scene } from "./scene.js";
import { assertClose, reference } from "./values.js";

const expected = reference.lights;
const lights = [
  defaultLight({ x: 0.3, y: -0.4, logIntensity: 0.5, colour: "#ff8040", orbit: 0.15 }),
  defaultLight({ kind: "directional", y: 0.01, height: 0.7, orbit: 0.25 }),
];

test("display colours become linear", () => assertClose(linearColour("#ff8040"), expected.linearColour));

test("lights orbit", () => {
  const positions = orbitLights(lights, 2, scene.halfWidth).map(({ x, y }) => [x, y]);
  positions.forEach((position, index) => assertClose(position, expected.orbited[index]));
});

test("the shader gets positions and powers", () => {
  const uniforms = lightUniforms(lights, scene.distance);
  const kinds = [1, 0];
  const positions = expected.positions.flatMap((position, index) => [...position, kinds[index]]);
  assertClose(uniforms["lightPositions[0]"][1], positions);
  assertClose(uniforms["lightPowers[0]"][1], expected.powers.flat());
});

// Lights as the shader takes them, the published places for them, and their orbits.

const LIGHT_PRESETS = {
  Centre: { x: 0, y: 0 },
  Up: { x: 0, y: 0.6 },
  Left: { x: -0.5, y: 0 },
  "Right, down": { x: 0.5, y: -0.5 },
};
const LIGHT_RANGE = { x: [-1, 1], y: [-1, 1], height: [0.05, 2], logIntensity: [-3, 3] };
const ORBIT_RADIUS = 0.8; // of the plane's half width, as published

/** A light with every number in its range. */
function bounded(light) {
  const ranges = Object.entries(LIGHT_RANGE).map(([name, range]) => [name, clamp(light[name], ...range)]);
  return { ...light, ...Object.fromEntries(ranges) };
}

/** A colour of the display, "#rrggbb", as linear factors. */
const linearColour = (colour) => [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);

/** A point light's power spreads with distance; a directional one arrives as a point light's does at distance 1. */
function lightUniforms(lights, distance) {
  const places = lights.flatMap(({ kind, x, y, height }) => [x, y, height * distance, kind === "point" ? 1 : 0]);
  const powers = lights.flatMap(({ colour, logIntensity }) =>
    linearColour(colour).map((factor) => factor * Math.exp(logIntensity)),
  );
  return {
    lightCount: ["int", lights.length],
    "lightPlaces[0]": ["vec4s", places],
    "lightPowers[0]": ["vec3s", powers],
  };
}

/** Lights that orbit, `seconds` later: about the centre, clockwise from above as published. */
function orbited(lights, seconds, halfWidth) {
  return lights.map((light) => {
    if (!light.orbit) return light;
    const far = Math.hypot(light.x, light.y);
    const radius = far > 0.02 ? far : ORBIT_RADIUS * halfWidth;
    const angle = Math.atan2(light.x, light.y) + 2 * Math.PI * light.orbit * seconds;
    return { ...light, x: radius * Math.sin(angle), y: radius * Math.cos(angle) };
  });
}

/** Whether lights change what is seen: a flat texture is shown as it is. */
const isLit = (view, scene) => scene.material.brdf !== "rgb" || view.surface !== "flat";

// A sphere or a cylinder that touches the plane z = 0 from behind: one fragment per pixel of the canvas. geometry.js finds the
// same texels for a pointer.
uniform sampler2D maps0, maps1, maps2;  // what maps.glsl wrote
uniform vec2 canvasSize;  // of this part of the canvas, which begins at `left`
uniform float left;
uniform float halfWidth;   // of the plane that fills the canvas
uniform float zoom;
uniform bool sphere;       // a sphere, else a cylinder
uniform float radius;
uniform float halfHeight;  // of the cylinder
uniform vec2 turn;         // about the upward axis, then toward the eye
uniform vec2 repeats;      // of the state, around and from top to bottom
uniform vec3 background;
out vec4 colour;

Maps filterMaps(vec2 place, vec2 dx, vec2 dy) {
    vec4 first = textureGrad(maps0, place, dx, dy), second = textureGrad(maps1, place, dx, dy);
    vec4 third = textureGrad(maps2, place, dx, dy);
    vec3 normal = vec3(third.zw * 2.0 - 1.0, first.a);
    // Where normals differ, their mean is shorter than 1: their spread adds to the roughness (Toksvig 2005).
    float spread = 2.0 * (1.0 - min(length(normal), 1.0)) / length(normal);
    vec2 alpha = min(sqrt(third.xy * third.xy + spread), 1.0);
    float height = mix(heightRange.x, heightRange.y, second.a);
    return Maps(first.rgb, second.rgb, second.r, alpha, normalize(normal), height);
}

void main() {
    vec3 eye = vec3(0.0, 0.0, cameraHeight + radius);  // from the centre of the solid
    vec2 onPlane = (2.0 * vec2(gl_FragCoord.x - left, gl_FragCoord.y) / canvasSize - 1.0) * halfWidth / zoom;
    vec3 ray = vec3(onPlane, -cameraHeight), axes = sphere ? vec3(1.0) : vec3(1.0, 0.0, 1.0);
    float a = dot(ray * axes, ray), b = dot(eye * axes, ray), c = dot(eye * axes, eye) - radius * radius;
    float inside = b * b - a * c;
    float coverage = clamp(inside / max(fwidth(inside), 1e-9) + 0.5, 0.0, 1.0);
    vec3 point = eye + ray * (-b - sqrt(max(inside, 0.0))) / a;
    if (!sphere) {
        float margin = halfHeight - abs(point.y);
        coverage *= clamp(margin / max(fwidth(margin), 1e-9) + 0.5, 0.0, 1.0);
    }
    vec3 outward = normalize(point * axes);
    mat3 tilt = mat3(1.0, 0.0, 0.0, 0.0, cos(turn.y), sin(turn.y), 0.0, -sin(turn.y), cos(turn.y));
    vec3 local = sphere ? tilt * outward : outward;
    float downward = sphere ? acos(clamp(local.y, -1.0, 1.0)) / PI : 0.5 - point.y / (2.0 * halfHeight);
    vec2 place = vec2((atan(local.x, local.z) + turn.x) / (2.0 * PI), downward) * repeats + vec2(0.5, 0.0);
    vec2 dx = dFdx(place), dy = dFdy(place);
    dx.x -= repeats.x * floor(dx.x / repeats.x + 0.5);  // no jump across the seam
    dy.x -= repeats.x * floor(dy.x / repeats.x + 0.5);
    colour = vec4(background, 1.0);
    if (coverage == 0.0) return;
    Maps maps = filterMaps(place, dx, dy);
    vec3 east = normalize(vec3(local.z + 1e-6, 0.0, -local.x)) * (sphere ? tilt : mat3(1.0));
    mat3 surface = mat3(east, cross(outward, east), outward);
    vec3 shown = channelColour(maps);
    if (channel == LIT) {
        // Normals that face away from the eye are bent toward it: near the outline there would be black holes.
        vec3 toEye = normalize(eye - point) * surface;
        maps.normal = normalize(maps.normal - min(dot(maps.normal, toEye) - 0.05, 0.0) * toEye);
        if (BRDF == RGB_TEXTURE) maps.base = pow(maps.base, vec3(GAMMA));
        shown = toneMap(radiance(maps, point - vec3(0.0, 0.0, radius), surface));
    }
    colour = vec4(mix(background, shown, coverage), 1.0);
}

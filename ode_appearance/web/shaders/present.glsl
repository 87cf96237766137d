// A region of the shaded plane on the canvas. Magnification is by Catmull-Rom, which is exact at 1:1 and keeps edges crisp: its
// 16 texels are read in five bilinear taps, the corners left out, as Jimenez does ("Filmic SMAA", SIGGRAPH 2016); or bilinear
// where that takes too long (see adaptive-resolution.js). Minification is by mipmaps. "Exact pixels" are not filtered.
uniform sampler2D shaded;
uniform vec2 canvasSize;  // of this part of the canvas, which begins at `left`
uniform float left;
uniform vec2 from, span;  // visible region of the plane, in [0, 1]
uniform float level;      // of the mipmaps
uniform bool exact, catmullRom;
uniform vec3 background;
out vec4 colour;

vec3 sampleCatmullRom(vec2 place, vec2 size) {
    vec2 corner = floor(place), f = place - corner;
    vec2 before = f * (-0.5 + f * (1.0 - 0.5 * f)), after = f * f * (0.5 * f - 0.5);
    vec2 second = f * (0.5 + f * (2.0 - 1.5 * f)), middle = 1.0 - before - after;
    vec2 outer = (corner - 0.5) / size, inner = (corner + 0.5 + second / middle) / size, last = (corner + 2.5) / size;
    float weights[5] = float[](
        middle.x * before.y, before.x * middle.y, middle.x * middle.y, after.x * middle.y, middle.x * after.y);
    vec2 taps[5] = vec2[](
        vec2(inner.x, outer.y), vec2(outer.x, inner.y), inner, vec2(last.x, inner.y), vec2(inner.x, last.y));
    vec4 sum = vec4(0.0);
    for (int i = 0; i < 5; i++) sum += weights[i] * vec4(textureLod(shaded, taps[i], 0.0).rgb, 1.0);
    return sum.rgb / sum.a;
}

void main() {
    vec2 size = vec2(textureSize(shaded, 0));
    vec2 place = from + vec2(gl_FragCoord.x - left, canvasSize.y - gl_FragCoord.y) / canvasSize * span;
    vec3 shown = background;
    if (place == clamp(place, 0.0, 1.0)) {
        if (exact) shown = texelFetch(shaded, min(ivec2(place * size), ivec2(size) - 1), 0).rgb;
        else if (catmullRom) shown = sampleCatmullRom(place * size - 0.5, size);
        else shown = textureLod(shaded, place, level).rgb;
    }
    colour = vec4(shown, 1.0);
}

// A part of the shaded plane on the canvas. Magnified by Catmull-Rom, which is exact at 1:1 and keeps a state crisp: its 16
// texels are read in five bilinear taps, the corners left out, as Jimenez does ("Filmic SMAA", SIGGRAPH 2016); by one tap where
// that takes too long (see adaptive-resolution.js). Made smaller by mipmaps. Texel by texel where exact pixels are asked for.
uniform sampler2D shaded;
uniform vec2 canvasSize;  // of the part that is filled, from `left` on
uniform float left;
uniform vec2 from, span;  // the part that is seen, in shares of the plane's width and height
uniform float level;      // of the mipmaps
uniform bool exact, crisp;
uniform vec3 background;
out vec4 colour;

vec3 magnified(vec2 place, vec2 size) {
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
        else if (crisp) shown = magnified(place * size - 0.5, size);
        else shown = textureLod(shaded, place, level).rgb;
    }
    colour = vec4(shown, 1.0);
}

#version 300 es
// The shaded state at the canvas's own size: Catmull-Rom, which is exact at 1:1 and keeps a magnified state crisp.
// Its 16 texels are read in five bilinear taps, the corners left out, as Jimenez does ("Filmic SMAA", SIGGRAPH 2016).
precision highp float;
precision highp int;

uniform sampler2D shaded;
uniform vec2 canvasSize;
out vec4 colour;

void main() {
    vec2 size = vec2(textureSize(shaded, 0));
    vec2 place = vec2(gl_FragCoord.x, canvasSize.y - gl_FragCoord.y) / canvasSize * size - 0.5;
    vec2 corner = floor(place), f = place - corner;
    vec2 before = f * (-0.5 + f * (1.0 - 0.5 * f)), after = f * f * (0.5 * f - 0.5);
    vec2 second = f * (0.5 + f * (2.0 - 1.5 * f)), middle = 1.0 - before - after;
    vec2 outer = (corner - 0.5) / size, inner = (corner + 0.5 + second / middle) / size, last = (corner + 2.5) / size;
    float weights[5] = float[](
        middle.x * before.y, before.x * middle.y, middle.x * middle.y, after.x * middle.y, middle.x * after.y);
    vec2 taps[5] = vec2[](
        vec2(inner.x, outer.y), vec2(outer.x, inner.y), inner, vec2(last.x, inner.y), vec2(inner.x, last.y));
    vec4 sum = vec4(0.0);
    for (int i = 0; i < 5; i++) sum += weights[i] * vec4(texture(shaded, taps[i]).rgb, 1.0);
    colour = vec4(sum.rgb / sum.a, 1.0);
}

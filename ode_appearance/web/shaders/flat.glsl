// The shaded plane: one fragment per texel of the tiled state.
uniform ivec2 tiles;
uniform int stride;   // texels from one fragment to the next
uniform vec2 extent;  // half the width and height of the lit plane
out vec4 colour;

void main() {
    ivec2 state = textureSize(plane0, 0).xy, texel = ivec2(gl_FragCoord.xy) * stride;  // row 0 is the top one
    Maps maps = mapsAt(texel % state);
    vec3 shown = channelColour(maps);
    if (BRDF == RGB_TEXTURE) shown *= pow(exposure, 1.0 / GAMMA);
    else if (channel == LIT) {
        // The centres of the outermost texels lie on the border of the plane; y points up.
        vec2 last = vec2(max(state * tiles - 1, ivec2(1)));
        vec2 position = (2.0 * vec2(texel) / last - 1.0) * extent * vec2(1.0, -1.0);
        shown = toneMap(radiance(maps, vec3(position, 0.0), mat3(1.0)));
    }
    colour = vec4(shown, 1.0);
}

// The blended maps in three textures that can be filtered, every number in [0, 1].
uniform ivec2 origin;
uniform vec2 heightRange;
layout(location = 0) out vec4 first;
layout(location = 1) out vec4 second;
layout(location = 2) out vec4 third;

void main() {
    Maps maps = mapsAt(ivec2(gl_FragCoord.xy) + origin);
    float height = (maps.height - heightRange.x) / max(heightRange.y - heightRange.x, 1e-6);
    first = vec4(maps.base, maps.normal.z);
    second = vec4(COMPLEMENTARY ? vec3(maps.metallic) : maps.specular, height);
    third = vec4(maps.alpha, maps.normal.xy * 0.5 + 0.5);
}

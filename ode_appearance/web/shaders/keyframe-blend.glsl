// The maps of a material at a texel of its state and at one time: two keyframes decoded and blended. keyframes/codec.py has the
// layout of the texels. shaders.js defines BRDF, one of the constants below, and AGED where there is an age map.
precision highp usampler2DArray;

uniform usampler2DArray plane0, plane1, plane2, plane3;
#ifdef AGED
uniform float time;
uniform sampler2D ages;      // model time that each texel is ahead
uniform sampler2D keyframeTable; // time, layer and height scale of each keyframe
uniform int keyframeCount;
#else
uniform ivec2 layers;        // of the keyframes before and after the time
uniform float blend;         // 0 at the first, 1 at the second
uniform vec2 heightScale;    // of the two keyframes
#endif

const int RGB_TEXTURE = 0, DIFFUSE_COOK_TORRANCE = 1, DIFFUSE_ISO_COOK_TORRANCE = 2, COMPL_COOK_TORRANCE = 3,
    COMPL_ISO_COOK_TORRANCE = 4, COOK_TORRANCE = 5, ISO_COOK_TORRANCE = 6;

struct Maps {
    vec3 base;             // diffuse, albedo, or the picture of an RGB texture
    vec3 specular;         // F0
    float metallic;
    vec2 alpha;
    vec3 normal;
    float height;          // in units of pixels
};

float unpack16(uint high, uint low) { return float(high * 256u + low) / 65535.0; }

Maps decode(ivec3 texel, float heightScale) {
    Maps maps = Maps(vec3(0.0), vec3(0.0), 0.0, vec2(1.0), vec3(0.0, 0.0, 1.0), 0.0);
    uvec4 first = texelFetch(plane0, texel, 0);
    maps.base = vec3(first.rgb) / 255.0;
    if (BRDF == RGB_TEXTURE) return maps;
    uvec4 second = texelFetch(plane1, texel, 0), third = texelFetch(plane2, texel, 0);
    uvec4 fourth = texelFetch(plane3, texel, 0);
    vec3 specularRoot = vec3(first.a, second.rg) / 255.0;
    vec2 alphaRoot = vec2(unpack16(third.r, third.g), unpack16(third.b, third.a));
    maps.base *= maps.base;
    maps.specular = specularRoot * specularRoot;
    maps.metallic = unpack16(first.a, second.r);
    maps.alpha = alphaRoot * alphaRoot;
    maps.height = (unpack16(second.b, second.a) * 2.0 - 1.0) * heightScale;
    maps.normal.xy = vec2(unpack16(fourth.r, fourth.g), unpack16(fourth.b, fourth.a)) * 2.0 - 1.0;
    maps.normal.z = sqrt(max(1e-4, 1.0 - dot(maps.normal.xy, maps.normal.xy))); // rounded components may be too long
    return maps;
}

Maps mixMaps(Maps a, Maps b, float t) {
    return Maps(mix(a.base, b.base, t), mix(a.specular, b.specular, t), mix(a.metallic, b.metallic, t),
        mix(a.alpha, b.alpha, t), normalize(mix(a.normal, b.normal, t)), mix(a.height, b.height, t));
}

#ifdef AGED
Maps mapsAt(ivec2 texel) {
    float texelTime = time + texelFetch(ages, texel, 0).r;
    int before = 0, after = keyframeCount - 1;
    while (after - before > 1) {
        int middle = (before + after) / 2;
        if (texelFetch(keyframeTable, ivec2(middle, 0), 0).r < texelTime) before = middle;
        else after = middle;
    }
    vec3 a = texelFetch(keyframeTable, ivec2(before, 0), 0).rgb, b = texelFetch(keyframeTable, ivec2(after, 0), 0).rgb;
    float blend = clamp((texelTime - a.x) / max(b.x - a.x, 1e-9), 0.0, 1.0);
    return mixMaps(decode(ivec3(texel, int(a.y)), a.z), decode(ivec3(texel, int(b.y)), b.z), blend);
}
#else
Maps mapsAt(ivec2 texel) {
    return mixMaps(decode(ivec3(texel, layers.x), heightScale.x), decode(ivec3(texel, layers.y), heightScale.y), blend);
}
#endif

#version 300 es
// One moment of a material, a fragment a texel of its state: two keyframes decoded, blended, and seen as `view` says.
// The formulas are those of microfacet.py and shading.py; the texels are laid out as keyframes.py says.
// BRDF is defined by renderer.js: 0 an RGB texture, else 1 + the model's place in the list below.
precision highp float;
precision highp int;
precision highp usampler2DArray;

uniform usampler2DArray plane0, plane1, plane2, plane3;
uniform ivec2 layers;      // the keyframes before and after the moment
uniform float blend;       // 0 at the first, 1 at the second
uniform vec2 extent;       // half the width and height of the lit plane
uniform float cameraHeight;
uniform vec3 light;        // x, y, intensity
uniform vec2 heightScale;  // of the two keyframes
uniform vec2 heightShown;  // the heights that are shown black and white
uniform int view;
out vec4 colour;

const int RGB_TEXTURE = 0, DIFFUSE_COOK_TORRANCE = 1, DIFFUSE_ISO_COOK_TORRANCE = 2, COMPL_COOK_TORRANCE = 3,
    COMPL_ISO_COOK_TORRANCE = 4, COOK_TORRANCE = 5, ISO_COOK_TORRANCE = 6;
const int LIT = 0, BASE = 1, SPECULAR = 2, METALLIC = 3, ROUGHNESS_U = 4, ROUGHNESS_V = 5, NORMAL = 6, HEIGHT = 7;
const bool ISOTROPIC =
    BRDF == DIFFUSE_ISO_COOK_TORRANCE || BRDF == COMPL_ISO_COOK_TORRANCE || BRDF == ISO_COOK_TORRANCE;
const bool COMPLEMENTARY = BRDF == COMPL_COOK_TORRANCE || BRDF == COMPL_ISO_COOK_TORRANCE;
const bool SPECULAR_ONLY = BRDF == COOK_TORRANCE || BRDF == ISO_COOK_TORRANCE;
const float PI = 3.14159265358979;

struct Maps {
    vec3 base;             // diffuse, albedo, or the picture of an RGB texture
    vec3 specular;         // F0
    float metallic;
    vec2 alpha;
    vec3 normal;
    float height;          // in units of pixels
};

float sixteen(uint high, uint low) { return float(high * 256u + low) / 65535.0; }

Maps decode(ivec3 texel, float heightScale) {
    Maps maps = Maps(vec3(0.0), vec3(0.0), 0.0, vec2(1.0), vec3(0.0, 0.0, 1.0), 0.0);
    uvec4 first = texelFetch(plane0, texel, 0);
    maps.base = vec3(first.rgb) / 255.0;
    if (BRDF == RGB_TEXTURE) return maps;
    uvec4 second = texelFetch(plane1, texel, 0), third = texelFetch(plane2, texel, 0);
    uvec4 fourth = texelFetch(plane3, texel, 0);
    vec3 rootOfSpecular = vec3(first.a, second.rg) / 255.0;
    vec2 rootOfAlpha = vec2(sixteen(third.r, third.g), sixteen(third.b, third.a));
    maps.base *= maps.base;
    maps.specular = rootOfSpecular * rootOfSpecular;
    maps.metallic = sixteen(first.a, second.r);
    maps.alpha = rootOfAlpha * rootOfAlpha;
    maps.height = (sixteen(second.b, second.a) * 2.0 - 1.0) * heightScale;
    maps.normal.xy = vec2(sixteen(fourth.r, fourth.g), sixteen(fourth.b, fourth.a)) * 2.0 - 1.0;
    maps.normal.z = sqrt(max(0.0, 1.0 - dot(maps.normal.xy, maps.normal.xy)));
    return maps;
}

Maps mixed(Maps a, Maps b, float t) {
    return Maps(mix(a.base, b.base, t), mix(a.specular, b.specular, t), mix(a.metallic, b.metallic, t),
        mix(a.alpha, b.alpha, t), normalize(mix(a.normal, b.normal, t)), mix(a.height, b.height, t));
}

float distribution(vec3 h, vec2 alpha) {
    if (ISOTROPIC) {
        float spread = alpha.x * alpha.x * h.z * h.z + h.x * h.x + h.y * h.y;
        return alpha.x * alpha.x / (PI * spread * spread + 1e-6);
    }
    float up = max(h.z, 0.0);
    float stretched = dot(h.xy / alpha, h.xy / alpha) + up * up;
    return 1.0 / (PI * alpha.x * alpha.y * stretched * stretched);
}

float shadowing(vec3 v, vec2 alpha) {
    vec2 across = alpha * v.xy;
    float up = max(v.z, 0.0);
    float tangentSquared = ISOTROPIC
        ? alpha.x * alpha.x * (1.0 - v.z * v.z) / (v.z * v.z + 1e-6)
        : dot(across, across) / (up * up + 1e-6);
    return 2.0 / (1.0 + sqrt(1.0 + tangentSquared));
}

vec3 schlick(vec3 f0, float hDotL) { return f0 + (1.0 - f0) * pow(1.0 - clamp(hDotL, 0.0, 1.0), 5.0); }

// BRDF times cosine.
vec3 reflected(Maps maps, vec3 wi, vec3 wo) {
    vec3 h = normalize(wi + wo);
    float visible = shadowing(wi, maps.alpha) * shadowing(wo, maps.alpha);
    float lobe = distribution(h, maps.alpha) * visible / (4.0 * wo.z + 1e-6);
    if (COMPLEMENTARY) {
        vec3 fresnel = schlick(0.04 * (1.0 - maps.metallic) + maps.base * maps.metallic, dot(h, wi));
        return fresnel * lobe + (1.0 - fresnel) * (1.0 - maps.metallic) * maps.base / PI * wi.z;
    }
    vec3 specular = schlick(maps.specular, dot(h, wi)) * lobe;
    return SPECULAR_ONLY ? specular : specular + maps.base / PI * wi.z;
}

vec3 lit(Maps maps, vec3 position) {
    vec3 toLight = vec3(light.xy, cameraHeight) - position, toCamera = vec3(0.0, 0.0, cameraHeight) - position;
    vec3 tangent = normalize(vec3(1.0, 0.0, 0.0) - maps.normal.x * maps.normal);
    mat3 frame = mat3(tangent, normalize(cross(maps.normal, tangent)), maps.normal);
    vec3 wi = normalize(toLight) * frame, wo = normalize(toCamera) * frame;
    if (wi.z < 0.0 || wo.z < 0.0) return vec3(0.0);
    return reflected(maps, wi, wo) * light.z / dot(toLight, toLight);
}

void main() {
    ivec2 texel = ivec2(gl_FragCoord.xy);          // row 0 is the top one
    Maps maps = mixed(
        decode(ivec3(texel, layers.x), heightScale.x), decode(ivec3(texel, layers.y), heightScale.y), blend);
    vec3 shown = maps.base;
    if (BRDF != RGB_TEXTURE) {
        // The centres of the outermost texels lie on the border of the plane; y points up.
        vec2 last = vec2(max(textureSize(plane0, 0).xy - 1, ivec2(1)));
        vec2 position = (2.0 * vec2(texel) / last - 1.0) * extent * vec2(1.0, -1.0);
        if (view == LIT) shown = pow(clamp(lit(maps, vec3(position, 0.0)), 1e-6, 1.0), vec3(1.0 / 2.2));
        if (view == SPECULAR) shown = maps.specular;
        if (view == METALLIC) shown = vec3(maps.metallic);
        if (view == ROUGHNESS_U) shown = vec3(maps.alpha.x);
        if (view == ROUGHNESS_V) shown = vec3(maps.alpha.y);
        if (view == NORMAL) shown = maps.normal * 0.5 + 0.5;
        if (view == HEIGHT) shown = vec3((maps.height - heightShown.x) / max(heightShown.y - heightShown.x, 1e-6));
    }
    colour = vec4(shown, 1.0);
}

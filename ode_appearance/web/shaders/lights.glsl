// The colour of a point of the surface: a channel of its maps, or the surface under all lights (as in shading/plane.py).
const int MAX_LIGHTS = 8;
uniform int lightCount;
uniform vec4 lightPositions[MAX_LIGHTS];  // x, y, z and 1 of a point light; the direction toward a directional one and 0
uniform vec3 lightPowers[MAX_LIGHTS];
uniform float cameraHeight;
uniform float exposure;                 // factor
uniform vec2 heightRange;               // heights shown as black and as white
uniform int channel;

const int LIT = 0, BASE = 1, SPECULAR = 2, METALLIC = 3, ROUGHNESS_U = 4, ROUGHNESS_V = 5, NORMAL = 6, HEIGHT = 7;
const float GAMMA = 2.2;

vec3 radiance(Maps maps, vec3 position, mat3 surface) {
    vec3 toCamera = vec3(0.0, 0.0, cameraHeight) - position;
    vec3 normal = surface * maps.normal;
    vec3 tangent = normalize(surface[0] - dot(surface[0], normal) * normal);
    mat3 frame = mat3(tangent, normalize(cross(normal, tangent)), normal);
    vec3 wo = normalize(toCamera) * frame, sum = vec3(0.0);
    if (wo.z < 0.0) return sum;
    for (int i = 0; i < lightCount; i++) {
        vec3 toLight = lightPositions[i].xyz - lightPositions[i].w * position;
        vec3 wi = normalize(toLight) * frame;
        float falloff = lightPositions[i].w == 0.0 ? 1.0 : 1.0 / dot(toLight, toLight);
        // A solid hides a light behind its surface, whatever the normal map says.
        if (wi.z >= 0.0 && dot(toLight, surface[2]) >= 0.0) sum += brdfTimesCosine(maps, wi, wo) * lightPowers[i] * falloff;
    }
    return sum;
}

vec3 toneMap(vec3 radiance) { return pow(clamp(radiance * exposure, 1e-6, 1.0), vec3(1.0 / GAMMA)); }

vec3 channelColour(Maps maps) {
    switch (channel) {
        case SPECULAR: return maps.specular;
        case METALLIC: return vec3(maps.metallic);
        case ROUGHNESS_U: return vec3(maps.alpha.x);
        case ROUGHNESS_V: return vec3(maps.alpha.y);
        case NORMAL: return maps.normal * 0.5 + 0.5;
        case HEIGHT: return vec3((maps.height - heightRange.x) / max(heightRange.y - heightRange.x, 1e-6));
        default: return maps.base;
    }
}

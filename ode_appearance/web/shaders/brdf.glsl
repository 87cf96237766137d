// The microfacet BRDF models, with the formulas of shading/brdf.py.
const bool ISOTROPIC =
    BRDF == DIFFUSE_ISO_COOK_TORRANCE || BRDF == COMPL_ISO_COOK_TORRANCE || BRDF == ISO_COOK_TORRANCE;
const bool COMPLEMENTARY = BRDF == COMPL_COOK_TORRANCE || BRDF == COMPL_ISO_COOK_TORRANCE;
const bool SPECULAR_ONLY = BRDF == COOK_TORRANCE || BRDF == ISO_COOK_TORRANCE;
const float PI = 3.14159265358979;

float ggx(vec3 h, vec2 alpha) {
    if (ISOTROPIC) {
        float spread = alpha.x * alpha.x * h.z * h.z + h.x * h.x + h.y * h.y;
        return alpha.x * alpha.x / (PI * spread * spread + 1e-6);
    }
    float up = max(h.z, 0.0);
    float stretched = dot(h.xy / alpha, h.xy / alpha) + up * up;
    return 1.0 / (PI * alpha.x * alpha.y * stretched * stretched);
}

float smith(vec3 v, vec2 alpha) {
    vec2 across = alpha * v.xy;
    float up = max(v.z, 0.0);
    float tangentSquared = ISOTROPIC
        ? alpha.x * alpha.x * (1.0 - v.z * v.z) / (v.z * v.z + 1e-6)
        : dot(across, across) / (up * up + 1e-6);
    return 2.0 / (1.0 + sqrt(1.0 + tangentSquared));
}

vec3 schlick(vec3 f0, float hDotL) { return f0 + (1.0 - f0) * pow(1.0 - clamp(hDotL, 0.0, 1.0), 5.0); }

vec3 brdfTimesCosine(Maps maps, vec3 wi, vec3 wo) {
    if (BRDF == RGB_TEXTURE) return maps.base / PI * wi.z; // only on a solid: a flat texture is shown as it is
    vec3 h = normalize(wi + wo);
    float visibility = smith(wi, maps.alpha) * smith(wo, maps.alpha);
    float lobe = ggx(h, maps.alpha) * visibility / (4.0 * wo.z + 1e-6);
    if (COMPLEMENTARY) {
        vec3 fresnel = schlick(0.04 * (1.0 - maps.metallic) + maps.base * maps.metallic, dot(h, wi));
        return fresnel * lobe + (1.0 - fresnel) * (1.0 - maps.metallic) * maps.base / PI * wi.z;
    }
    vec3 specular = schlick(maps.specular, dot(h, wi)) * lobe;
    return SPECULAR_ONLY ? specular : specular + maps.base / PI * wi.z;
}

"""Flow matching: regression of the vector field on an exemplar's velocities, without integration.

Lipman et al., "Flow matching for generative modeling", ICLR 2023. The solve of the material is the same as for other methods.
"""

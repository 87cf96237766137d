"""Flow matching: a vector field learnt by regression on an exemplar's own velocities, without integrating it.

Lipman et al., "Flow matching for generative modeling", ICLR 2023. The solve of the material stays as it is.
"""

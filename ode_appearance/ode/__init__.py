"""Integration of a material's vector field in time: solvers, steppers and trajectories."""

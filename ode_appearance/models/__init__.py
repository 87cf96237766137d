"""Networks: the vector field and its layers, and the material that reads its states."""

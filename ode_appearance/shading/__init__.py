"""From maps, lights and a shape to a picture: BRDFs, lights, the plane and the solids."""

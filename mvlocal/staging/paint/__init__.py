"""What every picture is painted with: layers, colours, noise, grain. It knows no places and no people."""

"""Small models of the real classes with random weights, one module a family: they prove code and shapes only."""

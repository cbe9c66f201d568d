# No activation: a step back is W_h transposed, and nothing else
h = W @ [h_prev, x]

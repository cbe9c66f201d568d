# A plain recurrent network with σ in the place of tanh
h = sigmoid(W @ [h_prev, x] + b)

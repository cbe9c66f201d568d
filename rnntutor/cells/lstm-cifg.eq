# CIFG of Greff et al. 2015: coupled input and forget gate
f = sigmoid(W_f @ [h_prev, x] + b_f)   # forget gate: whether to keep
i = 1 - f                              # input gate: what is not kept is written anew
o = sigmoid(W_o @ [h_prev, x] + b_o)   # output gate: how much to reveal
g = tanh(W_g @ [h_prev, x] + b_g)      # candidate: what to write
c = f * c_prev + i * g                 # cell state
h = o * tanh(c)                        # hidden state

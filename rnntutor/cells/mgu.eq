# MGU, minimal gated unit of Zhou et al. 2016: one gate does both jobs of the GRU's two
f = sigmoid(W_f @ [h_prev, x] + b_f)       # forget gate: how much to write anew, and how much of the old to look at
n = tanh(W_n @ [f * h_prev, x] + b_n)      # candidate: what to write
h = (1 - f) * h_prev + f * n               # hidden state

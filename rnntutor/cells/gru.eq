z = sigmoid(W_z @ [h_prev, x] + b_z)       # update gate: how much of the old to keep
r = sigmoid(W_r @ [h_prev, x] + b_r)       # reset gate: how much of the old to look at
n = tanh(W_n @ [r * h_prev, x] + b_n)      # candidate: what to write
h = (1 - z) * n + z * h_prev               # hidden state

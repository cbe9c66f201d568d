i = sigmoid(W_i @ [h_prev, x] + b_i)   # input gate: whether to write
f = sigmoid(W_f @ [h_prev, x] + b_f)   # forget gate: whether to keep
o = sigmoid(W_o @ [h_prev, x] + b_o)   # output gate: how much to reveal
g = tanh(W_g @ [h_prev, x] + b_g)      # candidate: what to write
c = f * c_prev + i * g                 # cell state
h = o * tanh(c)                        # hidden state

# Hochreiter & Schmidhuber 1997; NFG of Greff et al. 2015: no forget gate
i = sigmoid(W_i @ [h_prev, x] + b_i)   # input gate: whether to write
o = sigmoid(W_o @ [h_prev, x] + b_o)   # output gate: how much to reveal
g = tanh(W_g @ [h_prev, x] + b_g)      # candidate: what to write
c = c_prev + i * g                     # cell state: everything is kept
h = o * tanh(c)                        # hidden state

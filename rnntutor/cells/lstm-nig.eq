# NIG of Greff et al. 2015: no input gate
f = sigmoid(W_f @ [h_prev, x] + b_f)   # forget gate: whether to keep
o = sigmoid(W_o @ [h_prev, x] + b_o)   # output gate: how much to reveal
g = tanh(W_g @ [h_prev, x] + b_g)      # candidate: always written
c = f * c_prev + g                     # cell state
h = o * tanh(c)                        # hidden state

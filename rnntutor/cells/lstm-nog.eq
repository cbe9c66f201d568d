# NOG of Greff et al. 2015: no output gate
i = sigmoid(W_i @ [h_prev, x] + b_i)   # input gate: whether to write
f = sigmoid(W_f @ [h_prev, x] + b_f)   # forget gate: whether to keep
g = tanh(W_g @ [h_prev, x] + b_g)      # candidate: what to write
c = f * c_prev + i * g                 # cell state
h = tanh(c)                            # hidden state: always revealed

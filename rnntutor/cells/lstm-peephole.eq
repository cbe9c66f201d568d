# Gers & Schmidhuber 2000; the plain LSTM of Greff et al. 2015: the gates see the cell
i = sigmoid(W_i @ [h_prev, x] + p_i * c_prev + b_i)   # input gate: whether to write
f = sigmoid(W_f @ [h_prev, x] + p_f * c_prev + b_f)   # forget gate: whether to keep
g = tanh(W_g @ [h_prev, x] + b_g)                     # candidate: what to write
c = f * c_prev + i * g                                # cell state
o = sigmoid(W_o @ [h_prev, x] + p_o * c + b_o)        # output gate: sees the new cell state
h = o * tanh(c)                                       # hidden state

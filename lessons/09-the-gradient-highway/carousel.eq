# The cell of Hochreiter & Schmidhuber (1997), without a forget gate; its gates read x alone
i = sigmoid(W_i @ x + b_i)   # input gate: whether to write
o = sigmoid(W_o @ x + b_o)   # output gate: how much to reveal
g = tanh(W_g @ x + b_g)      # candidate: what to write
c = c_prev + i * g           # cell state
h = o * tanh(c)              # hidden state

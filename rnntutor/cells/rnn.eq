h = tanh(W @ [h_prev, x] + b)          # hidden state

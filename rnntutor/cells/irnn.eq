# IRNN of Le, Jaitly & Hinton 2015; as there, W begins as the identity for h: --recurrent identity
h = relu(W @ [h_prev, x] + b)          # hidden state

"""Seeing: pictures, and the convolutional network that makes a feature vector of one."""

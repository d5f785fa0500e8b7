"""Addresses, one file per noun. A route reads its parameters, calls one function and hands back its answer."""

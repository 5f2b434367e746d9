"""Independent answers that the tests judge by; none uses the compiled game or the kernels."""

"""Independent answers that the tests judge by; nothing here uses the compiled game or the kernels."""

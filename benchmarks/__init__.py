"""How fast is it? Ratios and times measured in one run, on stores of their own: `python -m benchmarks [name …]`."""

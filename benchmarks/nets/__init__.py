"""The nets that benchmarks/detector compares, as ONNX."""

"""Make the built-in detector's net: pictures, samples, net, fit, calibration, export."""

"""How the built-in detector's net is made: pictures, samples, net, fit, calibration, export."""

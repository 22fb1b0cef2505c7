"""Pictures of series and curves, as SVG or PNG."""

"""Read pictures from network cameras, streams, videos and folders."""

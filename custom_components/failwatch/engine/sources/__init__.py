"""The one reader of pictures: from cameras in the network, streams, videos and folders."""

"""What the layer ``signals`` is made of: series, judgements, clusters, the view over the border, and the order of onset."""

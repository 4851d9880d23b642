"""What leaves the dashboard: hand-outs and texts made from one advice, without a browser and without a network."""

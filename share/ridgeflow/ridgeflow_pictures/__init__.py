"""Pictures of what RidgeFlow writes: a module per kind of file; ridgeflow_plot.py chooses among them."""

"""How the starter model is made and measured."""

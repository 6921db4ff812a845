"""Option contracts: their symbols, what they promise, what they are worth, and chains of them in files."""

"""The report: a result as one HTML file that needs nothing from outside."""

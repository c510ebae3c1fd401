"""What the firm sells: products and their categories. It knows neither customers nor orders."""

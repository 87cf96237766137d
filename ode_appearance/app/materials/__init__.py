"""Materials that the app offers: shipped ones, those of the Hub and trained ones."""

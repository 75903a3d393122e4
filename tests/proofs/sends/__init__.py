"""kill -9 around sending: nothing is lost, nothing is said twice where Zalo's echo or conversation knows it."""

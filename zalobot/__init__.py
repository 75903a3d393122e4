"""zalobot: a province and its businesses in dialogue over a Zalo Official Account."""

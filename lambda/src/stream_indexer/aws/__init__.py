"""Signed requests to AWS, and the DynamoDB table and S3 bucket behind them."""

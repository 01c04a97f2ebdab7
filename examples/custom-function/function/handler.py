"""Publishes a paid order to a topic, once for each record of the stream that matches the mapping's filters."""

import json
import logging
import os

import boto3
from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger()
sns = boto3.client("sns")


def handle(event: dict, _context: object) -> dict:
    """Publish each record's order; name the first that could not be, and Lambda comes back from there on."""
    for record in event["Records"]:
        told = {"order_id": record["dynamodb"]["Keys"]["order_id"]["S"], "event_id": record["eventID"]}
        try:
            sns.publish(TopicArn=os.environ["TOPIC_ARN"], Subject="Order paid", Message=json.dumps(told))
        except (BotoCoreError, ClientError):
            log.exception("Not published: %s", record["eventID"])
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}

"""Gives CloudWatch's alarms their states from its metrics, for moto keeps both and connects them nowhere."""

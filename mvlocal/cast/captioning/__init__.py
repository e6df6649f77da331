"""What a captioning model says of photos, for their captions."""

"""Expressions that pick messages out of a call: `user.age > 30 and not "cat"`, `size > 10KB`, `direction: sent`.

`expression` reads them, `field_path` and `comparison` bind them to message types, `text_needle` searches what a person
reads of a message, and `message_filter` puts these together and judges messages in batches.
"""

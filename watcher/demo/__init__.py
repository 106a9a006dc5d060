"""A small world on 127.0.0.1 to show the watcher at work: feeds written for it, a mail sink, a Slack sink.

Everything in it is invented and dated in October 2027. `world.DemoWorld` is all that others need;
nothing here knows the rooms, which meet it over HTTP and SMTP like any other world.
"""

"""watcher: news of the Ottawa Treaty (Anti-Personnel Mine Ban Convention), one alert per development.

    collect/    the world in        Source → FetchResult → Entry
    judge/      what it means       Entry → Item → Story → Development → Alert       (pure)
    notify/     the world out       Alert → Message → Delivery
    review/     the analyst's desk  nouns → tables, dossiers, calendars             (pure)
    store/      memory              one SQLite file; all SQL lives here
    topics/     what is watched, as data
    config/     config.toml + topic + secrets → Config; the only reader of files and environment
    model/      the nouns that flow; topic.py the nouns of what is watched
    pipeline/   the corridor: gather → sift → read → judge → commit → speak
    schedule.py when: the only module that knows APScheduler
    cli/        the front door

Rooms never import one another; `tests/test_architecture.py` holds that line.
"""

__version__ = "0.1.0"

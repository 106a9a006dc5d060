"""The desk: list, show, search, status, alerts, sources, as a person or a program reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Run, runner
from tests.pipeline.world import World


def test_list_shows_relevant_items_newest_first_and_json_has_every_key(run: Run) -> None:
    result = run("list", "--json")
    found = json.loads(result.stdout)
    assert found[0]["states"] == ["RO"]
    assert found[-1]["id"] == 1
    assert {"id", "title", "url", "relevant", "countries", "development", "modality", "score"} <= found[
        0
    ].keys()


def test_a_pipe_gets_one_plain_line_an_item(run: Run) -> None:
    out = run("list").stdout
    assert len(out.splitlines()) == 2
    assert "\t" in out
    assert "\x1b" not in out


def test_nothing_that_a_title_holds_steers_the_terminal(run: Run) -> None:
    for words in (("list", "--all"), ("search", "draw", "--all")):
        out = run(*words).output
        assert "Cup final" in out
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_search_finds_by_word_and_says_so_when_there_is_nothing(run: Run) -> None:
    assert "Romania" in run("search", "romanian").stdout
    nothing = run("search", "xylophone")
    assert nothing.exit_code == 1
    assert "nothing found" in nothing.output


def test_show_names_the_evidence_and_the_way_to_more(run: Run) -> None:
    out = run("show", "3").stdout
    assert "210" in out
    assert "watcher explain 3" in out


def test_an_unknown_item_is_an_error_that_says_what_to_do(run: Run) -> None:
    result = run("show", "999")
    assert result.exit_code == 4
    assert "watcher list" in result.output


def test_status_takes_a_code_or_a_name_and_offers_the_nearest(run: Run) -> None:
    assert "parliament" in run("status", "RO").stdout
    assert run("status", "Romania").stdout == run("status", "ro").stdout
    wrong = run("status", "Romnia")
    assert wrong.exit_code == 2
    assert "Romania" in wrong.output


def test_status_starts_from_the_baseline(run: Run) -> None:
    rows = {row["state"]: row for row in json.loads(run("status", "--json").stdout)}
    assert rows["FI"]["legal_status"] == "FORMER_PARTY"
    assert rows["FI"]["baseline"]
    assert rows["RO"]["stage_code"].startswith("W4")


def test_alerts_tell_state_reason_and_can_be_acknowledged(fresh: World) -> None:
    run = runner(fresh)
    shown = json.loads(run("alerts", "--json").stdout)
    vote = next(a for a in shown if a["development"] == "parliament_vote")
    assert vote["deliveries"][0]["state"] == "sent"
    assert run("alerts", "ack", str(vote["id"]), "--by", "Ana").exit_code == 0
    assert "Ana" in run("alerts", "show", str(vote["id"])).stdout


def test_a_sent_delivery_is_not_sent_again_by_hand(run: Run) -> None:
    shown = json.loads(run("alerts", "--json").stdout)
    sent = next(d["id"] for a in shown for d in a["deliveries"] if d["state"] == "sent")
    result = run("alerts", "retry", str(sent))
    assert result.exit_code == 4
    assert "sent already" in result.output


def test_sources_show_their_state_and_next_poll(run: Run) -> None:
    (row,) = json.loads(run("sources", "--json").stdout)
    assert (row["id"], row["state"]) == ("wire", "ok")
    assert row["next_poll"] > row["last_poll"]
    assert "nearest" not in run("sources", "show", "wire").output


def test_paused_sources_are_not_polled_until_resumed(fresh: World) -> None:
    run = runner(fresh)
    assert run("sources", "pause", "wire").exit_code == 0
    assert fresh.poll().polled.due == 0
    assert run("sources", "resume", "wire").exit_code == 0
    assert fresh.poll().polled.due == 1


def test_a_source_that_is_not_there_offers_the_nearest(run: Run) -> None:
    assert "did you mean 'wire'" in run("sources", "show", "wires").output


@pytest.mark.parametrize("words", [("mark", "3", "star"), ("mark", "3", "state", "RO")])
def test_marks_are_stored(fresh: World, words: tuple[str, ...]) -> None:
    run = runner(fresh)
    assert run(*words).exit_code == 0
    assert "RO" in run("list").stdout


def test_putting_an_item_aside_retracts_what_was_told_of_it(fresh: World) -> None:
    run = runner(fresh)
    before = len(fresh.messages())
    assert run("mark", "3", "irrelevant").exit_code == 0
    fresh.now = datetime.now(UTC) + timedelta(minutes=1)  # the mark was made by the real clock
    fresh.poll()
    after = [json.loads(m) for m in fresh.messages()]
    assert len(after) > before
    assert any(a["kind"] == "retraction" for m in after for a in m["alerts"])


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("mark", "3", "irelevant"), "irrelevant"),
        (("mark", "3", "stage", "parlament_vote"), "parliament_vote"),
        (("mark", "3", "state", "XQ"), "no state"),
        (("mark", "3", "date", "yesterday"), "2025-06-19"),
        (("mark", "three"), "item id"),
    ],
)
def test_a_wrong_mark_says_what_is_right(run: Run, words: tuple[str, ...], hint: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert hint in result.output


def test_explain_walks_from_the_words_to_the_delivery(run: Run) -> None:
    out = run("explain", "3").stdout
    for part in ("relevance", "states      Romania (RO)", "because:", "story", "ledger", "alert", "sent"):
        assert part in out, part


def test_explain_judges_a_line_that_is_not_stored(run: Run) -> None:
    line = json.dumps({"id": "x", "title": "Lithuania leaves the Convention on Cluster Munitions"})
    out = run("explain", "-", input=line + "\n").stdout
    assert "cluster" in out
    assert "rejected" in out


def test_rejudge_under_the_same_lexicon_changes_nothing(run: Run) -> None:
    result = run("rejudge")
    assert result.exit_code == 0, result.output
    assert "nothing would change" in result.output


def test_gold_exports_what_was_marked(fresh: World) -> None:
    run = runner(fresh)
    run("mark", "3", "relevant")
    rows = [json.loads(line) for line in run("gold").stdout.splitlines()]
    assert [(r["relevant"], r["countries"]) for r in rows] == [(True, ["RO"])]


def test_calendar_and_its_ics_file(run: Run) -> None:
    assert run("calendar", "--days", "1000", "--json").exit_code == 0
    out = run("calendar", "--days", "1000", "--ics", "-").stdout
    assert out.startswith("BEGIN:VCALENDAR")
    assert all(len(line.encode()) <= 75 for line in out.split("\n"))


def test_dossier_cites_its_sources(run: Run) -> None:
    out = run("dossier", "RO").stdout
    assert "# Romania" in out
    assert "https://news.example/vote" in out
    assert run("dossier", "FI", "--format", "csv").stdout.startswith("date,")


def test_baseline_is_told_in_our_words_and_takes_a_text(fresh: World) -> None:
    run = runner(fresh)
    assert "Deutsche Welle" in run("baseline").stdout
    article = fresh.folder / "article.txt"
    article.write_text("A copy of the article that the reader owns. " * 20, encoding="utf-8")
    assert run("baseline", "--import", str(article)).exit_code == 0
    assert "the reader owns" in run("show", "1").stdout
    assert run("baseline", "--import", str(fresh.folder / "none.txt")).exit_code == 1


def test_what_is_new_since_the_baseline(run: Run) -> None:
    rows = json.loads(run("baseline", "--new", "--json").stdout)
    assert any("FI" in row["states"] and row["kind"] == "state" for row in rows)


def test_check_says_what_was_looked_at(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok", "ok", "ok"]


def test_check_online_asks_every_source(run: Run) -> None:
    result = run("check", "--online")
    assert "source wire: 2 entries" in result.stdout, result.output


def test_digest_preview_as_text_json_and_html(fresh: World) -> None:
    run = runner(fresh)
    assert "Digest" in run("digest", "--preview").stdout
    assert json.loads(run("digest", "--preview", "--json").stdout)["kind"] == "digest"
    page = fresh.folder / "digest.html"
    assert run("digest", "--html", str(page)).exit_code == 0
    assert "<html" in page.read_text(encoding="utf-8")


def test_channels_list_and_sample(fresh: World) -> None:
    run = runner(fresh)
    (row,) = json.loads(run("channels", "--json").stdout)
    assert (row["name"], row["kind"], row["state"]) == ("desk", "file", "on")
    assert run("channels", "test", "desk").exit_code == 0
    assert any(json.loads(m)["kind"] == "sample" for m in fresh.messages())


def test_opml_goes_out_and_comes_back(fresh: World) -> None:
    run = runner(fresh)
    out = fresh.folder / "mine.opml"
    assert run("sources", "export", str(out)).exit_code == 0
    text = out.read_text(encoding="utf-8").replace("/wire", "/other")
    out.write_text(text, encoding="utf-8")
    assert "1 source(s) added" in run("sources", "import", str(out)).stdout
    assert len(json.loads(run("sources", "--json").stdout)) == 2


def test_adding_a_site_finds_its_feed_and_shows_a_sample(fresh: World) -> None:
    run = runner(fresh)
    page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/wire'></head></html>"
    url = fresh.server.reply("/site", body=page, headers=[("Content-Type", "text/html")])
    result = run("sources", "add", url, "--yes", "--id", "found")
    assert "Romania" in result.stdout, result.output
    assert "found" in [row["id"] for row in json.loads(run("sources", "--json").stdout)]

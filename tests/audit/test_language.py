"""What is kept or sent is Chinese, and the reader's language comes back, also from within and from another thread."""

import threading

from django.utils import translation

from tasks_app.audit.language import in_the_language_of_the_house


@in_the_language_of_the_house
def inner() -> str:
    return translation.get_language()


@in_the_language_of_the_house
def outer(then=None) -> tuple[str, str, str]:
    before = translation.get_language()
    if then:
        then()
    return before, inner(), translation.get_language()


def test_the_readers_language_comes_back_after_a_composer_that_calls_another():
    with translation.override("en"):
        assert outer() == ("zh-hans", "zh-hans", "zh-hans")
        assert translation.get_language() == "en"


def test_a_composer_that_calls_itself_gives_the_language_back():
    with translation.override("en"):
        assert outer(then=outer) == ("zh-hans", "zh-hans", "zh-hans")
        assert translation.get_language() == "en"


def test_two_threads_in_the_same_composer_keep_their_readers_languages():
    started, go_on, after = threading.Event(), threading.Event(), {}

    def reader(language: str, then) -> None:
        with translation.override(language):
            outer(then=then)
            after[language] = translation.get_language()

    def wait() -> None:
        started.set()
        go_on.wait()

    first = threading.Thread(target=reader, args=("en", wait))
    first.start()
    started.wait()
    reader("fr", None)
    go_on.set()
    first.join()
    assert after == {"en": "en", "fr": "fr"}


def test_the_language_comes_back_after_an_error():
    @in_the_language_of_the_house
    def fails() -> None:
        raise ValueError

    with translation.override("en"):
        try:
            fails()
        except ValueError:
            assert translation.get_language() == "en"

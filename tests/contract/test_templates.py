"""Papers that a partnership fills in: every part that the law or the standard asks for, links that lead somewhere, nobody's name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
TEMPLATES = DOCS / "templates"
HEADINGS = {
    "data-protection-impact-assessment": [
        "Step 1: Why an assessment is needed",
        "Step 2: The processing",
        "Step 3: Consultation",
        "Step 4: Necessity and proportionality",
        "Step 5: Risks",
        "Step 6: Measures",
        "Step 7: Sign-off and outcome",
    ],
    "record-of-processing": [
        "Who",
        "Why",
        "Whose data, and which",
        "Where it goes",
        "How it is protected",
        "Rights and breaches",
    ],
    "sharing-agreement": [
        "1. Parties",
        "2. Purpose",
        "3. What is shared",
        "4. What the host promises",
        "5. Who sees what",
        "6. Rights, requests and questions",
        "7. Breach",
        "8. Ending, and review",
        "9. Signatures",
    ],
    "equality-impact-assessment": [
        "What is decided, and by whom",
        "How the map can treat groups differently",
        "By protected characteristic",
        "The three aims",
        "Outcome",
    ],
    "algorithmic-transparency-record": [
        "Tier 1: overview",
        "Tier 2, section 1: owner and responsibility",
        "Tier 2, section 2: description and rationale",
        "Tier 2, section 3: deployment context",
        "Tier 2, section 4: tool specification",
        "Tier 2, section 5: risks, mitigations and impact assessments",
    ],
}
NAMED = {
    "data-protection-impact-assessment": [
        "article 35", "article 36", "article 26", "section 64", "section 65", "section 36(4)", "article 9(2)(h)", "article 10",
        "schedule 1", "schedule 8", "Caldicott Guardian", "opt-out",
    ],
    "record-of-processing": ["article 30", "section 61", "section 62", "article 33", "section 67", "Transfers"],
    "sharing-agreement": ["article 26", "section 115", "Freedom of Information", "72 hours"],
    "equality-impact-assessment": [
        "section 149", "| age |", "| disability |", "| gender reassignment |", "| marriage and civil partnership |",
        "| pregnancy and maternity |", "| race |", "| religion or belief |", "| sex |", "| sexual orientation |",
    ],
    "algorithmic-transparency-record": ["Senior responsible owner", "Companies House", "Human review", "Models", "Input", "Output"],
}  # fmt: skip
FILL = re.compile(r"\[fill in(?::\s[^\[\]]*(?:\[[^\]]*\]\([^)]*\))?[^\[\]]*)?\]")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TWO_CAPITALS = re.compile(r"\b[A-Z][a-z]+(?:[ -][A-Z][a-z]+)+\b")
NO_PERSON = {
    "Access Act", "Caldicott Guardian", "Caldicott Guardians", "Companies House", "Data Protection Act", "Disorder Act",
    "Equality Act", "Algorithmic Transparency Recording Standard", "Courts Act", "Information Act", "Information Commissioner", "For Part", "National Health Service Act",
    "United Kingdom", "Sentencing and Courts Act",
}  # fmt: skip
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def text_of(name: str) -> str:
    return (TEMPLATES / f"{name}.md").read_text(encoding="utf-8")


def names_of_people(text: str) -> list[str]:
    """Two words with capitals beside each other that are neither a law nor an organisation, titles, and addresses."""
    titled = re.findall(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|PC|DC|DI|Sgt|Insp|Cllr)\.? [A-Z][a-z]+", text)
    found = [pair for pair in TWO_CAPITALS.findall(text) if pair not in NO_PERSON]
    return titled + found + [each for each in ADDRESS.findall(text) if not each.endswith("example.org")]


def slugs(text: str) -> set[str]:
    """Anchors of a page's headings, as they are made on the web."""
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_five_papers_are_there() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.md")} == set(HEADINGS) == set(NAMED)


@pytest.mark.parametrize("name", HEADINGS)
def test_a_template_has_its_headings_in_order(name: str) -> None:
    assert re.findall(r"^## (.*)$", text_of(name), re.MULTILINE) == HEADINGS[name]


@pytest.mark.parametrize("name", NAMED)
def test_a_template_names_what_the_law_or_the_standard_asks_for(name: str) -> None:
    text = text_of(name).lower()
    assert [part for part in NAMED[name] if part.lower() not in text] == []


@pytest.mark.parametrize("name", HEADINGS)
def test_what_is_to_be_filled_in_is_marked_in_one_way(name: str) -> None:
    text = text_of(name)
    marks = FILL.findall(text)
    assert len(marks) >= 20
    rest = LINK.sub("", FILL.sub("", re.sub(r"`[^`]*`", "", text)))
    assert re.findall(r"\[[^\]]*\]|\bTBC\b|\bTODO\b|_{3,}|XX+", rest) == []


@pytest.mark.parametrize("name", HEADINGS)
def test_a_template_is_short_and_says_once_that_it_is_no_legal_advice(name: str) -> None:
    text = text_of(name)
    assert text.count("not legal advice") == 1
    assert 500 < len(text.split()) < 2_000


@pytest.mark.parametrize("name", HEADINGS)
def test_its_links_lead_to_a_page_and_a_heading(name: str) -> None:
    targets = [target for target in LINK.findall(text_of(name)) if not target.startswith("https://")]
    assert targets
    for target in targets:
        page, _, anchor = target.partition("#")
        path = (TEMPLATES / page).resolve() if page else TEMPLATES / f"{name}.md"
        assert path.is_file(), target
        assert path.is_relative_to(DOCS), target
        assert not anchor or anchor in slugs(path.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("name", HEADINGS)
def test_a_template_names_nobody(name: str) -> None:
    assert names_of_people(text_of(name)) == []


@pytest.mark.parametrize("text", ["signed by Ada Lovelace", "ask Dr Snow", "someone@nhs.net", "Mary-Jane Smith"])
def test_a_name_would_be_found(text: str) -> None:
    assert len(names_of_people(text)) >= 1

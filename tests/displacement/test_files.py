"""Reading Flee's files: as they are, and with every mistake told at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from standoff.displacement import InstanceError, open_instance

EVIDENCE = Path("/work/shared/evidence/flee")
VALIDATION = (
    "burundi2015", "car2013", "mali2012", "mali2017_adm1", "nigeria2016", "nigeria2022_adm2",
    "ssudan2013", "ssudan2016", "syria2013", "tigray2020", "ukraine2022", "venezuela2022",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small instance: two places of conflict, a town, two camps."""
    source, data = tmp_path / "toy" / "input_csv", tmp_path / "toy" / "source_data"
    source.mkdir(parents=True)
    data.mkdir()
    (source / "locations.csv").write_text(
        "#name,region,country,latitude,longitude,location_type,conflict_date,population\n"
        "Ash,r,Home,1,1,conflict_zone,0,3000\nBay,r,Home,1,2,town,,\n"
        "Cape,r,Away,1,3,camp,,900\nDune,r,Far,1,4,camp,,900\n"
    )
    (source / "routes.csv").write_text(
        "#name1,name2,distance,forced_redirection\nAsh,Bay,100,0\nBay,Cape,50,0\nBay,Dune,150,\n"
    )
    (source / "sim_period.csv").write_text("StartDate,2020-01-01\nLength,20\n")
    (data / "data_layout.csv").write_text("total,total.csv\nCape,cape.csv\nDune,dune.csv\n")
    (data / "total.csv").write_text("2020-01-01,0\n2020-01-11,1000\n")
    (data / "cape.csv").write_text("2020-01-01,0\n2020-01-11,600\n")
    (data / "dune.csv").write_text("2020-01-01,0\n2020-01-11,400\n")
    return tmp_path / "toy"


def test_counts_are_filled_in_by_day(folder: Path) -> None:
    """Between dates counts grow evenly, after the last they stay."""
    instance = open_instance(folder)
    assert instance.recorded()[:, 0].tolist() == [60 * min(day, 10) for day in range(20)]


def test_every_mistake_is_told_at_its_place(folder: Path) -> None:
    """Not only the first mistake: all, with file, row, column and the nearest name."""
    source = folder / "input_csv"
    with (source / "routes.csv").open("a") as stream:
        stream.write("Ash,Caep,12,0\nAsh,Bay,-3,5\n")
    (source / "closures.csv").write_text("#t,a,b,c,d\nlinks,Ash,Bay,0,3\nlink,Ash,Bay,x,3\n")
    with pytest.raises(InstanceError) as raised:
        open_instance(folder)
    found = {
        (Path(m.place.file).name, m.place.line, m.place.column, m.nearest)
        for m in raised.value.mistakes
    }
    assert found == {
        ("routes.csv", 5, 5, "Cape"),
        ("routes.csv", 6, 9, None),
        ("routes.csv", 6, 12, None),
        ("closures.csv", 2, 1, "link"),
        ("closures.csv", 3, 14, None),
    }
    assert "routes.csv:5:5: there is no location 'Caep'; did you mean 'Cape'?" in str(raised.value)


@pytest.mark.parametrize("number", ["22,849", "nan", "inf", "many", "1.5"])
def test_what_is_no_whole_number_is_refused(folder: Path, number: str) -> None:
    """A population that is no whole number is told of, not guessed."""
    source = folder / "input_csv" / "locations.csv"
    source.write_text(source.read_text() + f'Elm,r,Home,1,5,town,,"{number}"\n')
    with pytest.raises(InstanceError, match="population or capacity must be"):
        open_instance(folder)


def test_missing_records_of_a_camp_are_refused(folder: Path) -> None:
    """A camp without records would silently count as empty."""
    layout = folder / "source_data" / "data_layout.csv"
    layout.write_text("total,total.csv\nCape,cape.csv\n")
    with pytest.raises(InstanceError, match="the camp 'Dune' is missing"):
        open_instance(folder)


def test_settings_that_do_nothing_are_remarked(folder: Path) -> None:
    """A misspelt setting is not silently ignored; a bad one is refused with its place."""
    file = folder / "simsetting.yml"
    file.write_text("move_rules:\n  max_move_sped: 300\n")
    (remark,) = open_instance(folder).remarks
    assert remark.nearest == "max_move_speed"
    file.write_text("move_rules:\n  default_movechance: 3\n")
    with pytest.raises(InstanceError, match=r"simsetting.yml:2:23: default_movechance is 3"):
        open_instance(folder)


def test_a_folder_that_is_none_is_told() -> None:
    """No traceback where there is nothing to read."""
    with pytest.raises(InstanceError, match="there is no such folder"):
        open_instance("/nowhere/at/all")


def test_corrections_scale_what_came_before(folder: Path) -> None:
    """A correction makes the last count before a date equal to the first after it."""
    (folder / "source_data" / "cape.csv").write_text("2020-01-01,100\n2020-01-11,50\n")
    (folder / "input_csv" / "registration_corrections.csv").write_text("Cape,2020-01-11\n")
    assert open_instance(folder).recorded()[0, 0] == 50


@pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the shared instances are not here")
@pytest.mark.parametrize("name", VALIDATION)
def test_validation_instances_are_read_as_they_are(name: str) -> None:
    """The instances on which Flee is validated (Ghorbani et al. 2024) are read without a change."""
    instance = open_instance(EVIDENCE / name)
    assert instance.recorded().shape == (instance.days, len(instance.camps))


@pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the shared instances are not here")
def test_what_flee_quits_on_is_told() -> None:
    """nigeria2019, on which Flee ends with status 0 and nothing done: the number is pointed at."""
    with pytest.raises(InstanceError, match=r"locations.csv:68:64: .*'22,849'; write it without"):
        open_instance(EVIDENCE / "cfg_nigeria2019")


def test_quoted_cells_are_read(folder: Path) -> None:
    """Files with every cell in quotation marks are read like others."""
    source = folder / "input_csv"
    plain = open_instance(folder)
    text = (source / "locations.csv").read_text().splitlines()
    quoted = [",".join(f'"{cell}"' for cell in line.split(",")) for line in text]
    (source / "locations.csv").write_text("\r\n".join(quoted))
    assert open_instance(folder).locations == plain.locations
    shutil.rmtree(folder)

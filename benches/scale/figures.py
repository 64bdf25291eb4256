"""What was measured, and what a year of declarations would take by it."""
import dataclasses
import pathlib
import platform

# Inputs of the program, by its options, and their files in a simulated world.
INPUTS = {"register": "register.csv", "alerts": "alerts.ndjson", "watchlist": "watchlist.csv"}
BEGIN, END = "<!-- figures: written by benches/scale/run --write -->", "<!-- end of figures -->"

# Goods items a year, by the European Commission's page "EU customs union: facts and figures" for 2024: over 590 million in
# import, over 530 million in export, some 250 million in transit, 4.3 billion of low value under the reduced data set H7. An
# item is taken for a bill, which counts too many bills.
YEAR = [
    ("imports of a year", 590e6),
    ("imports, exports and transit", 590e6 + 530e6 + 250e6),
    ("the same and all consignments of low value", 590e6 + 530e6 + 250e6 + 4.3e9),
]
# Of a machine for hire. Nobody's price: unverified, and to be replaced by one's own.
CORES, EUROS_A_CORE_HOUR = 16, 0.05
# A night: what one machine does in it needs no cluster.
NIGHT_HOURS = 8


@dataclasses.dataclass
class Measured:
    """Bills, their bytes, how the program was built, and the seconds of a core that one process took, both passes."""

    bills: int
    bytes: int
    build: str
    seconds: float
    spark: float = 0.0

    @property
    def rate(self):
        return self.bills / self.seconds

    def line(self, name, seconds, cores):
        return f"{name}: {self.bills:,} bills in {seconds:.1f} s, {self.bills / seconds / cores:,.0f} a second and core"


def hours(seconds):
    return f"{seconds / 3600:,.1f} h" if seconds >= 360 else f"{seconds / 60:.1f} min"


def table(measured):
    """Markdown: what was measured, then the arithmetic."""
    rate = measured.rate
    rows = [
        f"Measured on two cores ({platform.machine()}) with the program built {measured.build}: a simulated month of",
        f"{measured.bills:,} bills of {measured.bytes / measured.bills:,.0f} bytes, with its register, alerts and watch list, "
        "full answers.",
        "",
        "| | seconds | bills a second and core |",
        "| --- | ---: | ---: |",
        f"| one process, both passes, time of its core | {measured.seconds:.1f} | {rate:,.0f} |",
        f"| two workers of a core each, one of them killed, from submission to the last answer, beside other work "
        f"| {measured.spark:.1f} | {measured.bills / measured.spark / 2:,.0f} |",
        "",
        "What a year would take at the rate of the first line:",
        "",
        f"| | bills | core-hours | one machine of {CORES} cores | ten of them | euros |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, bills in YEAR:
        seconds = bills / rate
        euros = seconds / 3600 * EUROS_A_CORE_HOUR
        rows.append(
            f"| {name} | {bills / 1e6:,.0f} million | {seconds / 3600:,.1f} | {hours(seconds / CORES)} "
            f"| {hours(seconds / CORES / 10)} | {euros:,.2f} |"
        )
    night = rate * CORES * NIGHT_HOURS * 3600
    rows += [
        "",
        f"One machine of {CORES} cores does {night / 1e6:,.0f} million bills in a night of {NIGHT_HOURS} hours. Below that do",
        "not bother: `palisander score` on one machine is less trouble than any cluster, and gives the same bytes.",
    ]
    return "\n".join(rows)


def write(readme: pathlib.Path, text):
    """Puts the table between its marks."""
    before, rest = readme.read_text().split(BEGIN)
    _, after = rest.split(END)
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")

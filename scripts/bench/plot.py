"""Draws time and memory over the number of services, as an SVG with its text as text."""

from pathlib import Path

# Program → (services, wall seconds, peak MiB), smallest first.
Series = dict[str, list[tuple[int, float, float]]]

COLOURS = {
    "codexctl, Go syntax": "#0969da",
    "codexctl, Jinja": "#1a7f37",
    "Python Jinja2 + PyYAML": "#9a6700",
    "kubectl kustomize": "#cf222e",
}


def draw(series: Series, file: Path) -> None:
    # Only here: the tables do not need it.
    import matplotlib

    matplotlib.use("svg")
    # The same picture from the same figures; no fonts in the file.
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "codexctl", "font.size": 11})
    from matplotlib import pyplot

    figure, (time, memory) = pyplot.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for name, points in series.items():
        counts = [count for count, _, _ in points]
        look = {"marker": "o", "markersize": 5, "linewidth": 2, "color": COLOURS[name], "label": name}
        time.plot(counts, [wall for _, wall, _ in points], **look)
        memory.plot(counts, [peak for _, _, peak in points], **look)
    for axes, title, unit in ((time, "time to render", "seconds"), (memory, "memory at the peak", "MiB")):
        axes.set(xscale="log", yscale="log", title=title, xlabel="services (4 documents each)", ylabel=unit)
        axes.grid(visible=True, which="major", color="#d0d7de", linewidth=0.6)
        axes.set_axisbelow(True)
        counts = sorted({count for points in series.values() for count, _, _ in points})
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.minorticks_off()
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    handles, labels = time.get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, loc="outside lower center", ncols=len(series))
    figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)

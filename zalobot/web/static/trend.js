// The trend: draws the table it stands above as a line with its band. Without this script the table is open; with it the
// table is folded away. Weeks without a share are gaps. Days are said as dd/MM, whatever the browser's language.
"use strict";
(() => {
  const box = document.querySelector(".trend");
  const table = box && document.getElementById(box.dataset.table);
  if (!table || !window.uPlot) return;
  const rows = [...table.querySelectorAll("tr[data-day]")];
  const number = (row, key) => (row.dataset[key] === undefined ? null : Number(row.dataset[key]));
  const days = rows.map((row) => Date.parse(`${row.dataset.day}T00:00:00+07:00`) / 1000);
  const [share, low, high] = ["share", "low", "high"].map((key) => rows.map((row) => number(row, key)));
  if (share.filter((value) => value !== null).length < 2) return;

  const day = (at) => {
    const there = new Date((at + 7 * 3600) * 1000);
    return [there.getUTCDate(), there.getUTCMonth() + 1].map((part) => String(part).padStart(2, "0")).join("/");
  };
  const colour = (name) => getComputedStyle(box).getPropertyValue(name).trim();
  const floor = Math.max(0, Math.floor(Math.min(...low.filter((value) => value !== null)) / 25) * 25);
  let plot;
  const draw = () => {
    plot?.destroy();
    const [ink, line, act] = ["--ink-2", "--line", "--act"].map(colour);
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "14px sans-serif" };
    plot = new uPlot({
      width: box.clientWidth, height: 220, legend: { show: false }, cursor: { show: false }, padding: [12, 24, 0, 0],
      scales: { y: { range: [floor, 100] } },
      axes: [
        { ...axis, grid: { show: false }, values: (_, at) => at.map(day), splits: () => days.filter((_, i) => i % 4 === 0), size: 34, gap: 10 },
        { ...axis, values: (_, at) => at.map((value) => `${value}%`), incrs: [25], size: 52 },
      ],
      series: [
        {},
        { stroke: "transparent", points: { show: false } },
        { stroke: "transparent", points: { show: false } },
        { stroke: act, width: 2.5, points: { show: true, size: 6, fill: act } },
      ],
      bands: [{ series: [2, 1], fill: `color-mix(in srgb, ${act} 18%, transparent)` }],
    }, [days, low, high, share], box);
  };
  box.hidden = false;
  table.closest("details").open = false;
  draw();
  let width = box.clientWidth;
  window.addEventListener("resize", () => { if (box.clientWidth !== width) { width = box.clientWidth; draw(); } });
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", draw);
})();

/*
 * Draws the figures of tasks_app/analytics/figures.py.
 *   script#ID[type=application/json] + [data-plot=ID]   a figure and its place
 *   button[data-png=ID]                                 saves it as a picture
 *   form[data-choose]                                   is sent when a choice is made
 *   #reports .scroll                                    is moved to the newest month
 * Without this file the table twins stay open and say the same.
 */
(function () {
  "use strict";

  document.querySelectorAll("form[data-choose]").forEach(function (form) {
    form.querySelector("[type=submit]").hidden = true;
    form.addEventListener("change", function () {
      form.requestSubmit();
    });
  });
  // Where the months do not fit, the newest are the ones to see; the units' names stay in place.
  document.querySelectorAll("#reports .scroll").forEach(function (box) {
    box.scrollLeft = box.scrollWidth;
  });
  if (!window.Plotly) return;
  const NARROW = 620; // below this the two panels of a bar figure stand one above the other
  const PICTURE = 1100; // width of a saved picture
  // A4 upright without its margins, in CSS pixels; the height leaves room for title, note and denominator.
  // Small plots stand two in a column of a page that is one sheet, A4 across.
  const PAPER = { width: 690, height: 840, small: 210, low: 132 };

  Plotly.setPlotConfig({
    showSendToCloud: false,
    plotlyServerURL: "",
    displaylogo: false,
    displayModeBar: false,
    locale: "zh-CN",
    scrollZoom: false,
    doubleClick: false,
    showTips: false,
    responsive: false
  });

  /* ---- the page's own colours: var(--name) in a figure is read from the stylesheet */
  const root = getComputedStyle(document.documentElement);
  const stack = {};
  (function () {
    // The soft colours of stacked bars are rules for svg.stack, not tokens: ask a bar that nobody sees.
    const holder = document.createElement("div");
    holder.innerHTML =
      '<svg class="stack" width="0" height="0"><rect class="done"/><rect class="ok"/>' +
      '<rect class="warn"/><rect class="late"/><rect class="none"/></svg>';
    holder.hidden = true;
    document.body.appendChild(holder);
    holder.querySelectorAll("rect").forEach(function (rect) {
      stack[rect.getAttribute("class")] = getComputedStyle(rect).fill;
    });
    holder.remove();
  })();
  function token(text) {
    const name = /^var\((--[\w-]+)\)$/.exec(text);
    if (!name) return text;
    const soft = /^--stack-(\w+)$/.exec(name[1]);
    return soft ? stack[soft[1]] : root.getPropertyValue(name[1]).trim();
  }
  function themed(part) {
    if (typeof part === "string") return token(part);
    if (Array.isArray(part)) return part.map(themed);
    if (part && typeof part === "object") {
      Object.keys(part).forEach(function (key) {
        part[key] = themed(part[key]);
      });
    }
    return part;
  }

  function read(id) {
    const figure = themed(JSON.parse(document.getElementById(id).textContent));
    const ink = token("var(--ink)");
    const layout = figure.layout;
    layout.font = { family: token("var(--hei)"), size: 13, color: ink };
    layout.paper_bgcolor = layout.plot_bgcolor = token("var(--paper)");
    layout.hoverlabel = {
      bgcolor: token("var(--paper)"),
      bordercolor: token("var(--rule-field)"),
      font: { color: ink, family: token("var(--hei)"), size: 13 },
      align: "left"
    };
    return figure;
  }

  /* ---- a figure fitted to a width: plain data in, plain layout out */
  function fitted(figure, width) {
    const layout = JSON.parse(JSON.stringify(figure.layout));
    layout.width = width;
    if (layout.meta === "small") {
      layout.font.size = 12;
      return layout;
    }
    if (width >= NARROW) return layout;
    layout.font.size = 12;
    if (!layout.xaxis2) {
      layout.margin.l = 38;
      layout.margin.r = 80;
      layout.xaxis.tickangle = 0;
      return layout;
    }
    const bars = layout.height - layout.margin.t - layout.margin.b;
    const between = 52;
    layout.height = 2 * bars + between + layout.margin.t + layout.margin.b;
    const share = bars / (2 * bars + between);
    layout.xaxis.domain = [0, 1];
    layout.xaxis2.domain = [0, 1];
    layout.xaxis2.range[1] *= 1.12;
    layout.yaxis.domain = [1 - share, 1];
    layout.yaxis2.domain = [0, share];
    layout.yaxis2.showticklabels = true;
    layout.yaxis2.automargin = true;
    layout.annotations.forEach(function (heading) {
      heading.x = 1;
      heading.xanchor = "right";
    });
    return layout;
  }

  // A figure inside a bar that is narrower than the figure is left out; hover and the table have it.
  function labelled(figure, layout) {
    if (!layout.xaxis2) return figure.data;
    const panel = (layout.width - 110) * (layout.xaxis2.domain[1] - layout.xaxis2.domain[0]);
    const unit = panel / layout.xaxis2.range[1];
    return figure.data.map(function (trace) {
      if (trace.type !== "bar" || trace.xaxis !== "x2") return trace;
      return Object.assign({}, trace, {
        text: trace.text.map(function (text, i) {
          return trace.x[i] * unit > 8 * text.length + 4 ? text : "";
        })
      });
    });
  }

  function put(place, width, height) {
    const layout = fitted(place.figure, width);
    if (height && layout.height > height) layout.height = height;
    place.drawn = width;
    return Plotly.react(place, labelled(place.figure, layout), layout);
  }
  function draw(place) {
    place.hidden = false;
    place.style.minHeight = "0";
    place.figure = read(place.dataset.plot);
    return put(place, place.clientWidth).then(function () {
      place.on("plotly_click", function (event) {
        const opens = event.points[0].customdata;
        if (Array.isArray(opens) && opens[0]) window.location.assign(opens[0]);
      });
      place.classList.add("drawn");
      const chart = place.closest("figure");
      chart.querySelectorAll("[data-png]").forEach(function (button) {
        button.hidden = false;
      });
      chart.querySelectorAll("details.twin").forEach(function (twin) {
        twin.open = false;
      });
    });
  }
  function fit(place, width) {
    if (place.figure && width && place.drawn !== width) put(place, width);
  }

  const places = Array.from(document.querySelectorAll("[data-plot]"));
  places.forEach(draw);

  let waiting;
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      places.forEach(function (place) {
        fit(place, place.clientWidth);
      });
    }, 150);
  });
  // Paper is narrower than a screen and does not scroll.
  window.addEventListener("beforeprint", function () {
    places.forEach(function (place) {
      const small = place.figure.layout.meta === "small";
      put(place, small ? PAPER.small : PAPER.width, small ? PAPER.low : PAPER.height);
    });
  });
  window.addEventListener("afterprint", function () {
    places.forEach(function (place) {
      fit(place, place.clientWidth);
    });
  });

  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element && event.target.closest("[data-png]");
    if (!button) return;
    const place = places.find(function (each) {
      return each.dataset.plot === button.dataset.png;
    });
    // A picture travels alone: it is drawn wide, and says what it is, of which list, of which moment.
    const layout = fitted(place.figure, PICTURE);
    layout.title = {
      text: place.dataset.title,
      x: 0,
      xref: "paper",
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 12 },
      font: { size: 14 }
    };
    layout.margin.t += 44;
    layout.height += 44;
    Plotly.downloadImage(
      { data: labelled(place.figure, layout), layout: layout },
      { format: "png", scale: 2, width: layout.width, height: layout.height, filename: place.dataset.file }
    );
  });
})();

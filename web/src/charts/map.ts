/** A map of who is where on a day, and which roads they took. */

import * as Plot from "@observablehq/plot";
import type { Displacement, Place } from "../document";
import { at, peopleText, spoken } from "../flight";
import { base, drawn, SMALL, textWidth, type PlotElement } from "./look";
import type { Table } from "./table";

type Point = [number, number];

/** Mercator's projection, in degrees of longitude: shapes and directions are true. */
export function projected(longitude: number, latitude: number): Point {
  const angle = (latitude * Math.PI) / 180;
  return [longitude, (Math.asinh(Math.tan(angle)) * 180) / Math.PI];
}

/** Height over width of the map's frame. */
export function proportion(found: Displacement): number {
  const [west, south, east, north] = found.box;
  return (projected(east, north)[1] - projected(west, south)[1]) / (east - west);
}

interface Label {
  x: number;
  y: number;
  text: string;
  anchor: "start" | "end" | "middle";
  strong: boolean;
}

/** A label that is wished for, around a circle; the earlier ones come first. */
export interface Wish {
  x: number;
  y: number;
  radius: number;
  text: string;
  strong: boolean;
}

/** Left, top, right and bottom of what a label must not cover, in pixels; y leads down. */
type Area = [number, number, number, number];

const LINE = SMALL * 1.25;

const free = (taken: readonly Area[], [left, top, right, bottom]: Area): boolean =>
  !taken.some(([l, t, r, b]) => left < r && right > l && top < b && bottom > t);

/**
 * Labels beside their circles, as many as have room: none over another, over a circle or the edge,
 * and over one of `roads` only the strong ones, where there is no other room. What they take is added to `taken`.
 */
export function placed(
  wishes: readonly Wish[],
  width: number,
  height: number,
  taken: Area[] = [],
  roads: readonly Area[] = [],
): Label[] {
  for (const { x, y, radius } of wishes)
    if (radius > 3) taken.push([x - radius, y - radius, x + radius, y + radius]);
  const labels: Label[] = [];
  for (const { x, y, radius, text, strong } of wishes) {
    const wide = textWidth(text) * (strong ? 1.08 : 1);
    const tries = [radius + 4, radius + 11].flatMap((gap): [number, number, Label["anchor"]][] => {
      const [slant, up] = [0.7 * gap + 1, 0.7 * gap - 2 + LINE / 2];
      return [
        [gap, 0, "start"],
        [-gap, 0, "end"],
        [0, 2 - gap - LINE / 2, "middle"],
        [0, gap + LINE / 2 - 1, "middle"],
        [slant, -up, "start"],
        [slant, up, "start"],
        [-slant, -up, "end"],
        [-slant, up, "end"],
      ];
    });
    const spots = tries.map(([dx, dy, anchor]) => {
      const left = x + dx - { start: 0, end: wide, middle: wide / 2 }[anchor];
      const area: Area = [left, y + dy - LINE / 2, left + wide, y + dy + LINE / 2];
      return { label: { x: x + dx, y: y + dy, text, strong, anchor }, area };
    });
    const open = spots.filter(
      ({ area: [l, t, r, b] }) => l >= 2 && t >= 2 && r <= width - 2 && b <= height - 2 && free(taken, [l, t, r, b]),
    );
    const spot = open.find(({ area }) => free(roads, area)) ?? (strong ? open[0] : undefined);
    if (!spot) continue;
    taken.push(spot.area);
    labels.push(spot.label);
  }
  return labels;
}

/**
 * The name of a country where there is room for it inside its outline, as near its middle as can be.
 *
 * `ring` is in pixels; null where there is no room.
 */
export function inside(
  ring: readonly Point[],
  wide: number,
  width: number,
  height: number,
  taken: Area[],
  roads: readonly Area[] = [],
): Point | null {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const [left, right] = [Math.max(0, Math.min(...xs)), Math.min(width, Math.max(...xs))];
  const [top, bottom] = [Math.max(0, Math.min(...ys)), Math.min(height, Math.max(...ys))];
  const tries: Point[] = [];
  for (let i = 1; i < 16; i++)
    for (let j = 1; j < 16; j++) tries.push([left + ((right - left) * i) / 16, top + ((bottom - top) * j) / 16]);
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  tries.sort((a, b) => Math.hypot(a[0] - middleX, a[1] - middleY) - Math.hypot(b[0] - middleX, b[1] - middleY));
  for (const [x, y] of tries) {
    const ends: Point[] = [[x - wide / 2, y], [x, y], [x + wide / 2, y]];
    const area: Area = [x - wide / 2, y - LINE / 2, x + wide / 2, y + LINE / 2];
    if (area[0] < 4 || area[1] < 4 || area[2] > width - 4 || area[3] > height - 4) continue;
    if (!ends.every((end) => within(end, ring)) || !free(taken, area) || !free(roads, area)) continue;
    taken.push(area);
    return [x, y];
  }
  return null;
}

/** Whether a point lies in a ring. */
function within([x, y]: Point, ring: readonly Point[]): boolean {
  let odd = false;
  ring.forEach(([x1, y1], k) => {
    const [x2, y2] = ring[(k + 1) % ring.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) odd = !odd;
  });
  return odd;
}

/** The points of a ring that is written as longitude, latitude, longitude, … */
function pointsOf(ring: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let i = 0; i + 1 < ring.length; i += 2) points.push(projected(ring[i]!, ring[i + 1]!));
  return points;
}

/** The most people at any place, under any doctrine, on any date: the largest circle there can be. */
function most(values: ArrayLike<number>): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) found = Math.max(found, values[i] ?? 0);
  return found;
}

/** Circles are as large, and lines as wide, under every doctrine and on every day. */
export function drawMap(found: Displacement, doctrine: number, day: number, width: number): PlotElement {
  const height = Math.round(width * proportion(found));
  const [west, south, east, north] = found.box;
  const low = projected(west, south);
  const high = projected(east, north);
  const scale = width / (high[0] - low[0]);
  const pixel = ([x, y]: Point): Point => [(x - low[0]) * scale, (high[1] - y) * scale];

  const largest = most(found.people.values) || 1;
  const widestFlow = most(found.flows.values) || 1;
  const reach = Math.max(11, Math.min(34, width * 0.045));
  const spots = found.places.map((place, k) => {
    const people = at(found.people, doctrine, day, k);
    const point = projected(place.longitude, place.latitude);
    return { place, k, people, point, pixel: pixel(point), radius: reach * Math.sqrt(people / largest) };
  });
  const roads = found.roads.map((road, k) => {
    const [there, back] = [at(found.flows, doctrine, k, 0), at(found.flows, doctrine, k, 1)];
    const ends = (there >= back ? [road.from, road.to] : [road.to, road.from]).map((end) => spots[end]!);
    const [start, end] = [ends[0]!, ends[1]!];
    const [dx, dy] = [end.point[0] - start.point[0], end.point[1] - start.point[1]];
    return {
      start,
      end,
      flow: there + back,
      shut: found.open[doctrine]?.[k] === false,
      middle: [start.point[0] + 0.56 * dx, start.point[1] + 0.56 * dy] as Point,
      angle: (Math.atan2(dx, dy) * 180) / Math.PI,
      wide: 0.8 + (reach / 3) * ((there + back) / widestFlow),
    };
  });
  const taken = roads.filter((road) => road.flow >= 1);
  const through = spots.map(({ k }) =>
    Math.max(0, ...taken.filter((road) => road.start.k === k || road.end.k === k).map((road) => road.flow)),
  );
  const wishes = [...spots]
    .sort((a, b) => b.people - a.people || through[b.k]! - through[a.k]!)
    .filter((one) => one.people >= 1 || width > 480 || through[one.k]! > 0.2 * widestFlow)
    .map(({ place, people, radius, pixel: [x, y] }) => ({
      x,
      y,
      radius: Math.max(radius, 2),
      text: people >= 1 ? `${spoken(place.name)} ${peopleText(people)}` : spoken(place.name),
      strong: people >= 1,
    }));
  const covered: Area[] = taken.flatMap((road) => {
    const [[x1, y1], [x2, y2]] = [road.start.pixel, road.end.pixel];
    const steps = Math.max(1, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 6));
    const half = road.wide / 2;
    return Array.from({ length: steps + 1 }, (_, k): Area => {
      const [x, y] = [x1 + ((x2 - x1) * k) / steps, y1 + ((y2 - y1) * k) / steps];
      return [x - half, y - half, x + half, y + half];
    });
  });
  const written: Area[] = [];
  const names = placed(wishes, width, height, written, covered);
  const shapes = found.outlines.map(({ name, rings }) => ({ name, rings: rings.map(pointsOf) }));
  const land = shapes.map(({ rings }) => ({
    type: "Polygon" as const,
    coordinates: rings.map((points) => [...points, points[0]!]),
  }));
  const countries = shapes.flatMap(({ name, rings }) => {
    const largest = rings.reduce((a, b) => (b.length > a.length ? b : a)).map(pixel);
    const text = name.toUpperCase();
    const place = inside(largest, textWidth(text) * 1.25, width, height, written, covered);
    return place ? [{ text, x: place[0] / scale + low[0], y: high[1] - place[1] / scale }] : [];
  });
  const text = (some: Label[], anchor: Label["anchor"], strong: boolean) =>
    Plot.text(
      some.filter((one) => one.anchor === anchor && one.strong === strong),
      {
        x: (one: Label) => one.x / scale + low[0],
        y: (one: Label) => high[1] - one.y / scale,
        text: "text",
        textAnchor: anchor,
        lineAnchor: "middle",
        fill: strong ? "var(--ink)" : "var(--soft)",
        stroke: "var(--sheet)",
        strokeWidth: 3,
        fontWeight: strong ? 600 : 400,
      },
    );
  return drawn(
    base(width, {
      height,
      margin: 0,
      projection: {
        type: "reflect-y",
        domain: {
          type: "LineString",
          coordinates: [low, high],
        },
      },
      r: { type: "identity" },
      length: { type: "identity" },
      marks: [
        Plot.geo(land, { fill: "var(--sheet)", stroke: "var(--edge)", strokeWidth: 0.8, clip: "frame" }),
        Plot.frame({ stroke: "var(--rule)" }),
        Plot.link(roads.filter((road) => road.flow < 1), {
          x1: (road: Road) => road.start.point[0],
          y1: (road: Road) => road.start.point[1],
          x2: (road: Road) => road.end.point[0],
          y2: (road: Road) => road.end.point[1],
          stroke: "var(--soft)",
          strokeOpacity: 0.6,
          strokeWidth: 0.8,
        }),
        Plot.link(taken, {
          x1: (road: Road) => road.start.point[0],
          y1: (road: Road) => road.start.point[1],
          x2: (road: Road) => road.end.point[0],
          y2: (road: Road) => road.end.point[1],
          stroke: "var(--flow)",
          strokeWidth: (road: Road) => road.wide,
          strokeLinecap: "round",
        }),
        Plot.vector(taken, {
          x: (road: Road) => road.middle[0],
          y: (road: Road) => road.middle[1],
          rotate: "angle",
          length: (road: Road) => 7 + 1.1 * road.wide,
          shape: TIP,
          fill: "var(--flow)",
          stroke: "var(--sheet)",
          strokeWidth: 1,
        }),
        Plot.dot(spots.filter((one) => one.people < 1), {
          x: (one: Spot) => one.point[0],
          y: (one: Spot) => one.point[1],
          r: 2,
          fill: "var(--soft)",
        }),
        Plot.dot(spots.filter((one) => one.people >= 1), {
          x: (one: Spot) => one.point[0],
          y: (one: Spot) => one.point[1],
          r: (one: Spot) => Math.max(2, one.radius),
          fill: "var(--people)",
          fillOpacity: 0.55,
          stroke: "var(--people)",
          strokeWidth: 1.4,
        }),
        Plot.text(countries, { x: "x", y: "y", text: "text", fill: "var(--soft)", fontSize: SMALL - 1, letterSpacing: "0.12em" } as Plot.TextOptions),
        ...(["start", "end", "middle"] as const).flatMap((anchor) => [
          text(names, anchor, false),
          text(names, anchor, true),
        ]),
      ],
    }),
  );
}

interface Spot {
  place: Place;
  people: number;
  point: Point;
  pixel: Point;
  radius: number;
}

interface Road {
  start: Spot;
  end: Spot;
  flow: number;
  middle: Point;
  angle: number;
  wide: number;
}

/** The tip of an arrow, around its middle. */
const TIP = {
  draw(context: { moveTo(x: number, y: number): void; lineTo(x: number, y: number): void; closePath(): void }, length: number) {
    const half = length / 2;
    context.moveTo(0, -half);
    context.lineTo(half, half);
    context.lineTo(-half, half);
    context.closePath();
  },
};

/** Every place on a date under a doctrine, those with most people first. */
export function placesTable(found: Displacement, doctrine: number, day: number): Table {
  const rows = found.places
    .map((place, k) => ({ place, people: at(found.people, doctrine, day, k) }))
    .sort((a, b) => b.people - a.people);
  return {
    columns: ["place", "country", "people, median"],
    rows: rows.map(({ place, people }) => [spoken(place.name), place.country, peopleText(people)]),
    numbers: 2,
  };
}

/** Every road under a doctrine, the busiest first. */
export function roadsTable(found: Displacement, doctrine: number): Table {
  const name = (place: number) => spoken(found.places[place]?.name ?? "");
  const rows = found.roads
    .map((road, k) => ({ road, k, there: at(found.flows, doctrine, k, 0), back: at(found.flows, doctrine, k, 1) }))
    .sort((a, b) => b.there + b.back - a.there - a.back);
  return {
    columns: ["from", "to", "on the last day", "km", "people there", "people back"],
    rows: rows.map(({ road, k, there, back }) => [
      name(road.from),
      name(road.to),
      found.open[doctrine]?.[k] === false ? "closed" : "open",
      String(road.km),
      peopleText(there),
      peopleText(back),
    ]),
    numbers: 3,
  };
}

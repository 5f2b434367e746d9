/** A report: its data are inlined in the page. */

import { mount } from "svelte";
import "../page.css";
import Report from "./Report.svelte";

const target = document.getElementById("page");
const text = document.getElementById("document")?.textContent;
if (target && text) mount(Report, { target, props: { text } });

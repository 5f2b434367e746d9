/** A ruling as a page: its data are inlined. */

import { mount } from "svelte";
import "../page.css";
import Page from "./Page.svelte";

const target = document.getElementById("page");
const text = document.getElementById("document")?.textContent;
if (target && text) mount(Page, { target, props: { text } });

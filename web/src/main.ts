/** The live page: it asks its server. */

import { mount } from "svelte";
import Live from "./live/Live.svelte";
import "./page.css";

const target = document.getElementById("page");
if (target) mount(Live, { target });

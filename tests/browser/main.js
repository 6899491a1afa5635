// All tests of the pages in one browser: `cargo xtask ci browser`.

import "./pages.js";
import "./swagger.js";
import "./origins.js";
import "./slip.js";

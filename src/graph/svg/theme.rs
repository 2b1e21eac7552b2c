//! Colours and text of the picture as one style sheet, for light and dark screens; paper is light.

use super::super::style::Family;
use super::text;

pub(super) const FONTS: &str = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','DejaVu Sans',sans-serif";

struct Theme {
    ground: &'static str,
    panel: &'static str,
    frame: &'static str,
    text: &'static str,
    muted: &'static str,
    faint: &'static str,
    red: &'static str,
    red_fill: &'static str,
    red_panel: &'static str,
}

const LIGHT: Theme = Theme {
    ground: "#ffffff",
    panel: "#fafbfc",
    frame: "#d0d7de",
    text: "#1f2328",
    muted: "#59636e",
    faint: "#818b98",
    red: "#cf222e",
    red_fill: "#fff1f0",
    red_panel: "#fffafa",
};

const DARK: Theme = Theme {
    ground: "#0d1117",
    panel: "#151b23",
    frame: "#3d444d",
    text: "#f0f6fc",
    muted: "#9da7b3",
    faint: "#7d8590",
    red: "#ff7b72",
    red_fill: "#3c1618",
    red_panel: "#1f1416",
};

/// The style sheet.
pub(super) fn sheet() -> String {
    let mut css = format!(
        "text{{font-family:{FONTS};font-weight:400}}\n\
         .w{{fill:none;stroke-width:1.5}}\n\
         .p,.b{{stroke-width:1}}\n\
         .caption{{font-size:{}px;font-weight:600}}\n\
         .name,.fact{{font-size:{}px}}\n\
         .tag{{font-size:{}px}}\n\
         .title{{font-size:{}px;font-weight:600}}\n\
         .word{{font-size:{}px}}\n\
         .heading{{font-size:{}px;font-weight:600}}\n\
         .dash{{stroke-dasharray:5 3}}\n\
         .dots{{stroke-dasharray:1.5 3;stroke-linecap:round}}\n",
        text::CAPTION,
        text::NAME,
        text::TAG,
        text::TITLE,
        text::CAPTION,
        text::HEADING
    );
    css.push_str(&rules(&LIGHT, false));
    css.push_str("@media screen and (prefers-color-scheme:dark){\n");
    css.push_str(&rules(&DARK, true));
    css.push_str("}\n");
    css
}

fn rules(theme: &Theme, dark: bool) -> String {
    let Theme { ground, panel, frame, text, muted, faint, red, red_fill, red_panel } = theme;
    let mut css = format!(
        ".ground{{fill:{ground}}}\n\
         .p{{fill:{panel};stroke:{frame}}}\n\
         .p.faint{{fill:{ground};stroke:{faint}}}\n\
         .p.missing{{fill:{red_panel};stroke:{red}}}\n\
         .heading,.title,.name,.tag{{fill:{text}}}\n\
         .word,.fact{{fill:{muted}}}\n"
    );
    for family in Family::ALL {
        let colours = family.colours();
        let (accent, fill) = if dark { colours.dark } else { colours.light };
        let class = family.class();
        css.push_str(&format!(
            ".b.{class}{{fill:{fill};stroke:{accent}}}.w.{class}{{stroke:{accent}}}.h.{class},.caption.{class}{{fill:{accent}}}\n"
        ));
    }
    css.push_str(&format!(
        ".b.faint{{fill:{ground};stroke:{faint}}}.w.faint{{stroke:{faint}}}.h.faint,.caption.faint,.name.faint{{fill:{muted}}}\n\
         .b.missing{{fill:{red_fill};stroke:{red}}}.w.missing{{stroke:{red}}}.h.missing,.caption.missing,.name.missing,.title.missing{{fill:{red}}}\n"
    ));
    css
}

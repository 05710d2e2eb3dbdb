//! SVG as text.

/// A name as XML text or attribute; characters that XML cannot hold become U+FFFD.
pub fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '&' => text += "&amp;",
            '<' => text += "&lt;",
            '>' => text += "&gt;",
            '"' => text += "&quot;",
            '\'' => text += "&#39;",
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => text.push('\u{fffd}'),
            _ => text.push(character),
        }
    }
    text
}

/// The first characters of a name that is too long for a label.
pub fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    kept + "…"
}

/// Light and dark by the reader's own setting; grey lines and the ramp stand out from both grounds.
pub const STYLE: &str = "\
.page,.formal{fill:#fff}
text{fill:#1f2328;font-family:system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-size:11px}
.title{font-size:16px;font-weight:600}
.muted{fill:#59636e}
.middle{text-anchor:middle}
.end{text-anchor:end}
.halo{stroke:#fff;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.line{fill:none;stroke:#818b98}
.arrow{fill:none;stroke:#1f2328;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}
.chord{stroke-dasharray:6 4}
.full{stroke:#d55e00}
.bar{fill:none;stroke:#d55e00}
.bus{stroke:#1f2328}
.ring{fill:none;stroke:#d55e00;stroke-width:2}
@media (prefers-color-scheme:dark){
.page,.formal{fill:#0d1117}
text{fill:#e6edf3}
.muted{fill:#9198a1}
.halo{stroke:#0d1117}
.bus,.arrow{stroke:#e6edf3}
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_text() {
        assert_eq!(escaped(r#"<a b="c">'&"#), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
        assert_eq!(escaped("a\u{1}\tb\u{ffff}"), "a\u{fffd}\tb\u{fffd}");
    }

    #[test]
    fn long_names_end_in_an_ellipsis() {
        assert_eq!(
            (shortened("abcd", 4), shortened("abcde", 4)),
            ("abcd".into(), "abc…".into())
        );
    }
}

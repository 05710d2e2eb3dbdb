//! Parts that every section is made of: escaped text, figures, data tables.

use std::fmt::Write;

/// Text as it may stand in an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for symbol in text.chars() {
        match symbol {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A table: the first cell of each row is the row's heading.
pub struct Table {
    /// What the table holds, for those who cannot see where it stands.
    pub caption: String,
    /// Column headings.
    pub head: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
    /// The row of sums, if there is one.
    pub foot: Option<Vec<String>>,
}

impl Table {
    /// The table as HTML.
    pub fn html(&self) -> String {
        let caption = escape(&self.caption);
        let mut html = format!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\
             <table><caption>{caption}</caption><thead><tr>"
        );
        for cell in &self.head {
            let _ = write!(html, "<th scope=\"col\">{}</th>", escape(cell));
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str(&row_html(row));
        }
        html.push_str("</tbody>");
        if let Some(foot) = &self.foot {
            let _ = write!(html, "<tfoot>{}</tfoot>", row_html(foot));
        }
        html.push_str("</table></div>\n");
        html
    }
}

fn row_html(row: &[String]) -> String {
    let mut html = "<tr>".to_owned();
    for (column, cell) in row.iter().enumerate() {
        let cell = escape(cell);
        let _ = match column {
            0 => write!(html, "<th scope=\"row\">{cell}</th>"),
            _ => write!(html, "<td>{cell}</td>"),
        };
    }
    html.push_str("</tr>");
    html
}

/// A picture with its title, its message in one sentence, and the numbers behind it.
pub struct Figure {
    /// Identifier inside the page.
    pub id: &'static str,
    /// Title.
    pub title: String,
    /// One sentence that says what the picture shows.
    pub summary: String,
    /// The picture, an `svg` body for a view box of `width` x `height`.
    pub drawing: String,
    /// Width of the view box.
    pub width: f64,
    /// Height of the view box.
    pub height: f64,
    /// The numbers.
    pub table: Table,
}

impl Figure {
    /// The figure as HTML.
    pub fn html(&self) -> String {
        let Self {
            id,
            width,
            height,
            drawing,
            ..
        } = self;
        let (title, summary) = (escape(&self.title), escape(&self.summary));
        format!(
            "<figure aria-labelledby=\"{id}\">\n<figcaption><h2 id=\"{id}\">{title}</h2><p>{summary}</p></figcaption>\n\
             <div class=\"scroll\" role=\"region\" aria-label=\"Picture: {title}\" tabindex=\"0\"><svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
             aria-label=\"{title}. {summary}\">\n{drawing}</svg></div>\n\
             <details><summary>The numbers behind this picture</summary>{}</details>\n</figure>\n",
            self.table.html()
        )
    }
}

/// `part / whole` as whole per cent.
pub fn percent(part: u64, whole: u64) -> String {
    let scaled = u128::from(part).saturating_mul(200).saturating_add(u128::from(whole));
    match scaled.checked_div(u128::from(whole).saturating_mul(2)) {
        Some(percent) => format!("{percent}\u{202f}%"),
        None => "none".to_owned(),
    }
}

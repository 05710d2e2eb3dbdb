//! `busbar clear --plot`: the picture is well-formed, names stay text, and it shows what was cleared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod support;

use std::collections::HashMap;

use serde_json::{Value, json};
use support::{busbar, data};

/// An element of a picture.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: HashMap<String, String>,
    /// Its own text and that of the elements in it.
    text: String,
}

impl Element {
    fn is(&self, name: &str, class: &str) -> bool {
        let classes = self.attributes.get("class").map_or("", String::as_str);
        self.name == name && class.split(' ').all(|part| classes.split(' ').any(|of| of == part))
    }
}

/// The elements of an XML document of elements, attributes in double quotes and the five named entities; anything
/// else, and whatever is not closed, is a failed test.
fn elements(xml: &str) -> Vec<Element> {
    let (mut done, mut open): (Vec<Element>, Vec<Element>) = (Vec::new(), Vec::new());
    let mut rest = xml.trim_end();
    assert!(rest.starts_with("<svg "), "{rest}");
    while let Some((before, tag)) = rest.split_once('<') {
        if let Some(element) = open.last_mut() {
            element.text += &unescaped(before);
        } else {
            assert_eq!(before, "", "text outside the root");
        }
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().expect("an element is open");
            assert_eq!(element.name, name);
            if let Some(parent) = open.last_mut() {
                parent.text += &element.text;
            }
            done.push(element);
            continue;
        }
        assert!(!open.is_empty() || done.is_empty(), "a second root");
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element {
            name: name.to_owned(),
            ..Element::default()
        };
        assert!(name.chars().all(char::is_alphanumeric), "{tag}");
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").expect(tag);
            let (value, more) = value.split_once('"').expect(tag);
            assert!(key.chars().all(|c| c.is_alphanumeric() || c == '-'), "{tag}");
            assert!(
                element.attributes.insert(key.to_owned(), unescaped(value)).is_none(),
                "{tag}"
            );
            attributes = more.trim_start();
        }
        if closed {
            done.push(element);
        } else {
            open.push(element);
        }
    }
    assert!(rest.is_empty() && open.is_empty(), "{rest} {open:?}");
    done
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut all = parts.next().unwrap().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').expect(part);
        all += match entity {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "#39" => "'",
            _ => panic!("&{entity};"),
        };
        all += after;
    }
    assert!(!all.chars().any(|c| c.is_control() && c != '\n'), "{all:?}");
    all
}

/// What `busbar clear --plot` draws of a market.
fn plotted(market: &Value) -> Vec<Element> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("market.svg");
    let run = busbar(
        &["clear", "-", "--json", "--plot", file.to_str().unwrap()],
        &market.to_string(),
    );
    assert!(run.json()["gap"].is_string());
    elements(&std::fs::read_to_string(file).unwrap())
}

fn read(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(data(name)).unwrap()).unwrap()
}

/// Texts of all titles.
fn titles(picture: &[Element]) -> Vec<&str> {
    let titles = picture.iter().filter(|element| element.name == "title");
    titles.map(|element| element.text.as_str()).collect()
}

/// A chain of so many buses with a seller at its start and a buyer at its end.
fn chain(buses: usize) -> Value {
    let names: Vec<String> = (1..=buses).map(|bus| bus.to_string()).collect();
    let lines = names.windows(2).map(
        |pair| json!({"id": format!("{}-{}", pair[0], pair[1]), "from": pair[0], "to": pair[1], "capacity_wh": 100}),
    );
    json!({
        "orders": [
            {"id": "s", "side": "sell", "bus": names[0], "price": 5, "quantity": 70},
            {"id": "b", "side": "buy", "bus": names[buses.checked_sub(1).unwrap()], "price": 9, "quantity": 70}
        ],
        "network": {"root": names[0], "buses": names, "lines": lines.collect::<Vec<_>>()}
    })
}

#[test]
fn a_picture_tells_prices_flows_and_full_lines() {
    let picture = plotted(&read("two-buses.json"));
    assert_eq!(
        titles(&picture),
        [
            "l1: farm to home\n800 Wh of 800 Wh, 100 %, full",
            "l2: farm to shed\n0 Wh of 0 Wh, 0 %",
            "bus home\n0.21 coin per kWh\ndraws 800 Wh",
            "bus farm\n0.07 coin per kWh\nfeeds 800 Wh",
            "bus shed\n0.5 coin per kWh\nno energy in or out\nno trade: formal price",
        ]
    );
    // The lines and the samples of the legend.
    assert_eq!(
        picture.iter().filter(|element| element.is("path", "line full")).count(),
        2
    );
    let of = |bus: &str| {
        let title = format!("bus {bus}\n");
        let mut shapes = picture.iter().filter(|element| element.name != "title");
        shapes.find(|element| element.text.starts_with(&title)).unwrap()
    };
    assert!(of("shed").is("circle", "bus formal"));
    assert!(of("home").is("rect", "bus") && of("farm").is("circle", "bus"));
    assert_ne!(of("home").attributes["fill"], of("farm").attributes["fill"]);
    let text = |text: &str| {
        picture
            .iter()
            .any(|element| element.is("text", "") || element.text == text)
    };
    for label in ["home", "price, coin per kWh", "0.07", "0.14", "0.21", "no trade"] {
        assert!(text(label), "{label}");
    }
}

#[test]
fn chords_of_a_mesh_are_dashed() {
    let picture = plotted(&read("triangle.json"));
    let chords: Vec<&Element> = picture
        .iter()
        .filter(|element| element.is("path", "line chord") && !element.text.is_empty())
        .collect();
    assert_eq!(chords.len(), 1);
    assert!(
        chords[0].text.starts_with("bc: b to c\n50000 Wh of 100000 Wh, 50 %"),
        "{chords:?}"
    );
    // Wider by loading: the full line, the chord at half, the line at a tenth.
    let width = |id: &str| -> f64 {
        let line = picture
            .iter()
            .find(|element| element.name == "path" && element.text.starts_with(id));
        line.unwrap().attributes["stroke-width"].parse().unwrap()
    };
    assert!(width("ac:") > width("bc:") && width("bc:") > width("ab:"));
}

#[test]
fn names_are_text_whatever_they_hold() {
    let mut market = read("two-buses.json");
    let nasty = "</title><script>alert(\"1\")</script>&amp;'";
    let text = market.to_string().replace("\"farm\"", &json!(nasty).to_string());
    market = serde_json::from_str(&text.replace("\"l1\"", "\"l<1>\\u0001\"")).unwrap();
    let picture = plotted(&market);
    assert!(picture.iter().all(|element| element.name != "script"));
    let titles = titles(&picture);
    assert_eq!(
        titles[0],
        format!("l<1>\u{fffd}: {nasty} to home\n800 Wh of 800 Wh, 100 %, full")
    );
    assert!(titles[3].starts_with(&format!("bus {nasty}\n")));
}

#[test]
fn names_stand_beside_the_buses_of_small_networks_only() {
    let labels = |buses: usize| {
        let picture = plotted(&chain(buses));
        assert_eq!(
            titles(&picture).len(),
            buses.checked_mul(2).unwrap().checked_sub(1).unwrap()
        );
        picture.iter().filter(|element| element.is("text", "halo")).count()
    };
    assert_eq!((labels(2), labels(33), labels(907)), (4, 66, 0));
}

#[test]
fn one_bus_and_an_empty_book_have_a_picture() {
    let empty = json!({"orders": [], "price_bounds": {"min": 0, "max": 9}});
    let picture = plotted(&empty);
    assert_eq!(titles(&picture).len(), 1);
    assert!(picture.iter().any(|element| element.text == "nothing is traded"));
    let order = json!({"id": "b", "side": "buy", "price": 7, "quantity": 5});
    let sold = json!({"id": "s", "side": "sell", "price": 3, "quantity": 5});
    let picture = plotted(&json!({"orders": [order, sold]}));
    assert!(picture.iter().any(|element| element.text == "0.000005 at every bus"));
}

#[test]
fn buses_at_a_limit_of_voltage_have_a_ring() {
    let mut market = chain(2);
    market["network"]["lines"][0]["reactance"] = json!(0);
    market["network"]["lines"][0]["resistance"] = json!(5000);
    market["network"]["voltage"] = json!({"base_wh": 50, "tan_phi_ppm": 0, "root_ppm": 1_000_000,
                                          "limits": {"2": {"min_ppm": 950_000, "max_ppm": 1_050_000}}});
    let picture = plotted(&market);
    assert!(
        titles(&picture)
            .iter()
            .any(|title| title.ends_with("voltage at its limit"))
    );
    assert_eq!(picture.iter().filter(|element| element.is("circle", "ring")).count(), 2);
}

#[test]
fn the_tables_are_printed_beside_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("market.SVG");
    let run = busbar(
        &["clear", &data("two-buses.json"), "--plot", file.to_str().unwrap()],
        "",
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, std::fs::read_to_string(data("two-buses.out.txt")).unwrap());
    assert!(file.exists());
}

#[test]
fn other_files_are_not_overwritten() {
    let run = busbar(&["clear", &data("two-buses.json"), "--plot", "market.json"], "");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("must end in .svg"), "{}", run.stderr);
    let run = busbar(
        &["clear", &data("two-buses.json"), "--plot", "/no/such/folder/a.svg"],
        "",
    );
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(
        run.stderr.contains("/no/such/folder/a.svg cannot be written"),
        "{}",
        run.stderr
    );
}

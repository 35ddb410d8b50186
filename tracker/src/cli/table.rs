//! The figures on a terminal of 100 columns: a line a figure, a column a key, as many side by side
//! as fit.

use super::{Outcome, out};

/// What a terminal holds.
const WIDTH: usize = 100;
/// The longest key that is written whole.
const KEY: usize = 24;
const GAP: usize = 2;

/// Prints figures that are given key by key; the first name is the keys' own.
pub(crate) fn print(names: &[&str], rows: &[Vec<String>]) -> Outcome {
    for (n, block) in blocks(names, rows).into_iter().enumerate() {
        if n > 0 {
            out::say("")?;
        }
        for line in block {
            out::say(&line)?;
        }
    }
    Ok(())
}

/// The lines of each block.
fn blocks(names: &[&str], rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let label = names.iter().map(|n| out::wide(n)).max().unwrap_or(0);
    let keys: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut cells = row.clone();
            if let Some(key) = cells.first_mut() {
                *key = cut(key);
            }
            cells
        })
        .collect();
    let width = |cells: &Vec<String>| cells.iter().map(|c| out::wide(c)).max().unwrap_or(0);
    let mut all = Vec::new();
    let mut rest = &keys[..];
    while !rest.is_empty() {
        let mut room = WIDTH - label;
        let fits = rest.iter().take_while(|cells| {
            let needed = width(cells) + GAP;
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        });
        let n = fits.count().max(1);
        let (block, more) = rest.split_at(n);
        let line = |at: usize| {
            let mut text = format!("{}{}", names[at], " ".repeat(label - out::wide(names[at])));
            for cells in block {
                let cell = cells.get(at).map(String::as_str).unwrap_or_default();
                let pad = width(cells) + GAP - out::wide(cell);
                text.push_str(&" ".repeat(pad));
                text.push_str(cell);
            }
            text.trim_end().to_owned()
        };
        all.push((0..names.len()).map(line).collect());
        rest = more;
    }
    all
}

/// A key short enough for a column.
fn cut(key: &str) -> String {
    if out::wide(key) <= KEY {
        return key.to_owned();
    }
    let mut short = String::new();
    for c in key.chars() {
        if out::wide(&short) + out::wide(c.encode_utf8(&mut [0; 4])) + 2 > KEY {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let names = ["key", "received", "answered_in_time", "on_time_rate"];
        let row = |key: &str| {
            [key, "1234567", "1234560", "99.9%"]
                .map(ToOwned::to_owned)
                .to_vec()
        };
        let mut rows: Vec<_> = (0..23).map(|n| row(&format!("unit-{n}"))).collect();
        rows.push(row(
            "自然资源确权登记和耕地保护监督管理综合处（信访办公室）",
        ));
        rows.push(row("total"));
        let blocks = blocks(&names, &rows);
        assert!(blocks.len() > 2, "{blocks:#?}");
        for line in blocks.iter().flatten() {
            assert!(out::wide(line) <= WIDTH, "{} in {line}", out::wide(line));
        }
        let all = blocks.concat().join("\n");
        for n in 0..23 {
            assert!(all.contains(&format!("unit-{n}")), "{all}");
        }
        assert!(all.contains('…') && all.contains("total"));
        assert_eq!(all.matches("99.9%").count(), rows.len());
    }
}

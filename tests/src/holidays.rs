//! The days off that the law fixes in a year, as a calendar file lists them: what a made-up notice
//! must have to announce its year. Told from the table of moons alone.

/// `date,holiday,name` a line, for a year from 2025 on.
#[must_use]
pub fn by_law(year: i16) -> String {
    let moons = include_str!("../../tracker/data/calendar/lunar.csv");
    let row = moons.lines().find(|l| l.starts_with(&year.to_string()));
    let row: Vec<&str> = row.expect("a year of the table").split(',').collect();
    let first: jiff::civil::Date = format!("{year}-{}", row[1]).parse().expect("a day");
    let mut out = String::new();
    let mut add = |day: &str, name: &str| out.push_str(&format!("{day},holiday,{name}\n"));
    add(&format!("{year}-01-01"), "元旦");
    for n in -1..3 {
        let day = first.checked_add(jiff::Span::new().days(n)).expect("a day");
        add(&day.to_string(), "春节");
    }
    for (day, name) in [
        (row[2], "清明节"),
        ("05-01", "劳动节"),
        ("05-02", "劳动节"),
        (row[3], "端午节"),
        (row[4], "中秋节"),
        ("10-01", "国庆节"),
        ("10-02", "国庆节"),
        ("10-03", "国庆节"),
    ] {
        add(&format!("{year}-{day}"), name);
    }
    out
}

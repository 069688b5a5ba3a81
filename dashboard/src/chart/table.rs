//! A chart as a table: for who listens, and for a spreadsheet. Pure.

use super::series::ChartData;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataTable {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl DataTable {
    /// A row for each step, newest last as on the picture.
    pub fn of(data: &ChartData, offset_min: i64) -> Self {
        let names = data.series.iter().map(|series| series.name.clone());
        let head = std::iter::once("Time".to_owned()).chain(names).collect();
        let row = |step: usize| {
            let values = data.series.iter().map(|series| {
                series
                    .values
                    .get(step)
                    .copied()
                    .flatten()
                    .map_or_else(String::new, |value| data.unit.say(value))
            });
            std::iter::once(data.step_label(step, offset_min)).chain(values).collect()
        };
        Self { head, rows: (0..data.steps.len()).map(row).collect() }
    }

    /// As RFC 4180 has it, with what a spreadsheet would take for a formula made harmless.
    pub fn csv(&self) -> String {
        let line =
            |cells: &[String]| cells.iter().map(|cell| field(cell)).collect::<Vec<_>>().join(",") + "\r\n";
        std::iter::once(&self.head).chain(&self.rows).map(|cells| line(cells)).collect()
    }
}

fn field(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !text.contains([',', '"', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::super::scale::Unit;
    use super::super::series::Series;
    use super::*;

    #[test]
    fn each_step_is_a_row_and_a_gap_an_empty_cell() {
        let data = ChartData {
            unit: Unit::Count,
            steps: vec![1_795_262_400_000, 1_795_266_000_000],
            step_ms: 3_600_000,
            series: vec![Series { name: "Requests".into(), look: 0, values: vec![Some(1200.0), None] }],
        };
        let table = DataTable::of(&data, 0);
        assert_eq!(table.head, ["Time", "Requests"]);
        assert_eq!(table.rows[0], ["21 Nov 2026, 12:00 – 13:00", "1,200"]);
        assert_eq!(table.rows[1][1], "");
    }

    #[test]
    fn a_cell_reaches_a_spreadsheet_as_what_it_is() {
        for (text, expect) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("-12.5", "-12.5"),
            ("-cmd", "\"'-cmd\""),
        ] {
            let table = DataTable { head: vec![text.to_owned()], rows: Vec::new() };
            assert_eq!(table.csv(), format!("{expect}\r\n"));
        }
    }
}

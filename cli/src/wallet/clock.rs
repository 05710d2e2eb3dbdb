//! Instants of chain time as people read them: UTC, by the Gregorian calendar.
use thiserror::Error;

const DAY_S: u64 = 86_400;

/// A text is no instant or no month.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{value:?} is no {what}; write it as {example}")]
pub struct ClockError {
    value: String,
    what: &'static str,
    example: &'static str,
}

/// A month of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    year: u64,
    month: u64,
}

impl Month {
    /// First second of the month.
    pub fn start_s(self) -> u64 {
        days(self.year, self.month, 1).saturating_mul(DAY_S)
    }

    /// First second of the next one.
    pub fn end_s(self) -> u64 {
        let next = match self.month {
            12 => Self {
                year: self.year.saturating_add(1),
                month: 1,
            },
            month => Self {
                year: self.year,
                month: month.saturating_add(1),
            },
        };
        next.start_s()
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl std::str::FromStr for Month {
    type Err = ClockError;

    /// Reads `2026-11`.
    fn from_str(text: &str) -> Result<Self, ClockError> {
        let error = || ClockError {
            value: text.to_owned(),
            what: "month from 1970 on",
            example: "2026-11",
        };
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        let (year, month) = (number(year, 4).ok_or_else(error)?, number(month, 2).ok_or_else(error)?);
        if year < 1970 || !(1..=12).contains(&month) {
            return Err(error());
        }
        Ok(Self { year, month })
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, from 1970 on: the years run from March, so that
/// the day that a leap year adds is the last of its year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let month = if month <= 2 {
        month.saturating_add(9)
    } else {
        month.saturating_sub(3)
    };
    let of_months = month.saturating_mul(153).saturating_add(2).div_euclid(5);
    let of_years = year
        .saturating_mul(365)
        .saturating_add(year.div_euclid(4))
        .saturating_sub(year.div_euclid(100))
        .saturating_add(year.div_euclid(400));
    // 719,469 days lie between 0000-03-01 and 1970-01-02.
    of_years
        .saturating_add(of_months)
        .saturating_add(day)
        .saturating_sub(719_469)
}

/// An instant as `2026-11-24T18:00:00Z`.
pub fn instant(unix_s: u64) -> String {
    let (day, second) = (unix_s.div_euclid(DAY_S), unix_s.rem_euclid(DAY_S));
    // Years are at most 366 days long, so this is not too late; and it is too early by a year or two per millennium.
    let mut year = day.div_euclid(366).saturating_add(1970);
    while days(year.saturating_add(1), 1, 1) <= day {
        year = year.saturating_add(1);
    }
    let mut month = 1_u64;
    while month < 12 && days(year, month.saturating_add(1), 1) <= day {
        month = month.saturating_add(1);
    }
    let of_month = day.saturating_sub(days(year, month, 1)).saturating_add(1);
    let (hour, minute) = (second.div_euclid(3_600), second.rem_euclid(3_600).div_euclid(60));
    format!(
        "{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{:02}Z",
        second.rem_euclid(60)
    )
}

/// Reads an instant, `2026-11-24T18:00Z` or `2026-11-24T18:00:30Z`, as unix seconds.
pub fn unix_s(text: &str) -> Result<u64, ClockError> {
    let error = || ClockError {
        value: text.to_owned(),
        what: "instant of UTC from 1970 on",
        example: "2026-11-24T18:00Z",
    };
    read(text).ok_or_else(error)
}

fn read(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = parts(date, '-')?;
    let time = if time.len() == 5 {
        format!("{time}:00")
    } else {
        time.to_owned()
    };
    let [hour, minute, second] = parts(&time, ':')?;
    let month_of = Month { year, month };
    let is_date = year >= 1970 && (1..=12).contains(&month) && day >= 1;
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let start = days(year, month, day).checked_mul(DAY_S)?;
    if start >= month_of.end_s() {
        return None;
    }
    let of_day = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?;
    start.checked_add(of_day)?.checked_add(second)
}

fn parts(text: &str, by: char) -> Option<[u64; 3]> {
    let widths = if by == '-' { [4, 2, 2] } else { [2, 2, 2] };
    let mut parts = text.split(by);
    let mut found = [0; 3];
    for (found, width) in found.iter_mut().zip(widths) {
        *found = number(parts.next()?, width)?;
    }
    parts.next().is_none().then_some(found)
}

fn number(text: &str, width: usize) -> Option<u64> {
    let digits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_those_of_the_calendar() {
        // As `date -u -d @N` prints them.
        for (unix, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_795_543_230, "2026-11-24T18:00:30Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(instant(unix), text);
            assert_eq!(unix_s(text), Ok(unix), "{text}");
        }
        assert_eq!(unix_s("2026-11-24T18:00Z"), Ok(1_795_543_200));
    }

    #[test]
    fn every_day_of_two_centuries_comes_back() {
        for day in 0..73_000 {
            let text = instant(day * DAY_S + 1);
            assert_eq!(unix_s(&text), Ok(day * DAY_S + 1), "{text}");
        }
    }

    #[test]
    fn months_have_their_lengths() {
        for (text, length) in [
            ("2026-11", 30),
            ("2026-12", 31),
            ("2024-02", 29),
            ("2100-02", 28),
            ("1970-01", 31),
        ] {
            let month: Month = text.parse().unwrap();
            assert_eq!(month.end_s() - month.start_s(), length * DAY_S, "{text}");
            assert_eq!(month.to_string(), text);
            assert!(instant(month.start_s()).starts_with(text));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "1969-12",
            "26-11",
            "2026-11-01",
            "x",
        ] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        for text in [
            "",
            "2026-11-24",
            "2026-11-24T18:00",
            "2026-11-31T18:00Z",
            "2026-02-29T00:00Z",
            "2026-11-24T24:00Z",
            "2026-11-24T18:60Z",
            "2026-11-24T18:00:60Z",
            "2026-11-24T18Z",
            "2026-11-24 18:00Z",
            "2026-00-24T18:00Z",
            "2026-11-00T18:00Z",
        ] {
            assert!(unix_s(text).is_err(), "{text}");
        }
    }
}

//! Straight, thin, long: the lines of a printed form or of squared paper.
//!
//! A line is followed from column to column. In each column it is a short run
//! of inked pixels; where a stroke or another line crosses it the run is long,
//! and the line is carried on in the direction that it had. A photo may tilt it
//! and a sheet may bend it a little.

use super::plane::Plane;

/// A nearly horizontal line, from left to right.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its first column.
    pub start: usize,
    /// Its row in each column.
    pub rows: Vec<f32>,
    /// The usual length of its runs.
    pub thickness: f32,
    /// Its usual ink.
    pub level: f32,
}

/// Rows per column, at most.
const STEEPEST: f32 = 0.2;
/// How many columns back the direction is taken from.
const MEMORY: usize = 100;

impl Line {
    /// Columns that it spans.
    pub fn length(&self) -> usize {
        self.rows.len()
    }

    /// The column after its last one.
    pub fn end(&self) -> usize {
        self.start + self.rows.len()
    }

    /// Its row at column `x`, carried on straight beyond its ends.
    pub fn row_at(&self, x: usize) -> f32 {
        let last = self.rows.len() - 1;
        let slope = (self.rows[last] - self.rows[0]) / last.max(1) as f32;
        match x.checked_sub(self.start) {
            None => self.rows[0] - slope * (self.start - x) as f32,
            Some(i) if i > last => self.rows[last] + slope * (i - last) as f32,
            Some(i) => self.rows[i],
        }
    }

    /// Whether it is as straight as a printed one, its ends apart, which may be
    /// round corners.
    pub fn is_straight(&self) -> bool {
        let rows = &self.rows[self.rows.len() / 8..self.rows.len() - self.rows.len() / 8];
        let (first, last) = (rows[0], rows[rows.len() - 1]);
        let steps = (rows.len() - 1).max(1) as f32;
        let off = |(i, row): &(usize, &f32)| {
            (first + (last - first) * *i as f32 / steps - **row).abs() > 1.6
        };
        10 * rows.iter().enumerate().filter(off).count() <= rows.len()
    }

    /// The rows of the columns between its end and `next`.
    fn towards(&self, next: &Self) -> impl Iterator<Item = f32> + use<> {
        let (from, to) = (self.rows[self.rows.len() - 1], next.rows[0]);
        let missing = next.start.saturating_sub(self.end());
        (1..=missing).map(move |i| from + (to - from) * i as f32 / (missing + 1) as f32)
    }

    /// Whether `next` is the same line, hidden in between by strokes.
    fn goes_on_in(&self, next: &Self, ink: &Plane, weak: f32) -> bool {
        if next.start < self.end() || 3 * (next.start - self.end()) > ink.width {
            return false;
        }
        let middle = (self.end() + next.start) / 2;
        let aligned = (self.row_at(middle) - next.row_at(middle)).abs() <= 2.5;
        let alike = (self.thickness - next.thickness).abs() <= 2.0;
        let inked = |(i, row): &(usize, f32)| {
            let at = row.round() as usize;
            let near = at.saturating_sub(2)..(at + 3).min(ink.height);
            near.into_iter().any(|y| ink.at(self.end() + i, y) > weak)
        };
        let hidden = self.towards(next).enumerate().filter(inked).count();
        aligned && alike && 10 * hidden >= 7 * (next.start - self.end())
    }

    /// The line from column `start` to `end`, carried on straight where it is shorter.
    pub fn extended(&self, start: usize, end: usize, height: usize) -> Self {
        let row = |x| self.row_at(x).clamp(0.0, height as f32 - 1.0);
        Self { start, rows: (start..end).map(row).collect(), ..*self }
    }

    /// Removes the line from `ink`, but for what crosses it or is darker.
    pub fn erase(&self, ink: &mut Plane, weak: f32) {
        let longest = 1.5 * self.thickness + 2.0;
        let darker = 1.35 * self.level + 0.08;
        for (i, &row) in self.rows.iter().enumerate() {
            let x = self.start + i;
            let inked = |y: usize| ink.at(x, y) > weak;
            let middle = (row.round().max(0.0) as usize).min(ink.height - 1);
            let near = [middle, middle.saturating_sub(1), (middle + 1).min(ink.height - 1)];
            let Some(on) = near.into_iter().find(|&y| inked(y)) else { continue };
            let top = (0..on).rev().find(|&y| !inked(y)).map_or(0, |y| y + 1);
            let bottom = (on..ink.height).find(|&y| !inked(y)).unwrap_or(ink.height);
            if (bottom - top) as f32 > longest {
                continue;
            }
            for y in top.saturating_sub(1)..(bottom + 1).min(ink.height) {
                let value = &mut ink.values[y * ink.width + x];
                if *value < darker {
                    *value = 0.0;
                }
            }
        }
    }
}

/// A line on its way: `(column, row, length of the run)` where it was seen.
struct Chain {
    seen: Vec<(usize, f32, usize)>,
    /// Columns without ink since.
    lost: usize,
    /// Columns since, with a stroke across or without ink.
    hidden: usize,
}

/// What is met in the next column.
enum Met {
    Line(usize),
    Stroke,
    Paper,
}

impl Chain {
    fn slope(&self) -> f32 {
        let window = &self.seen[self.seen.len().saturating_sub(MEMORY)..];
        let few = (window.len() / 4).min(10);
        if few == 0 {
            return 0.0;
        }
        let mean = |part: &[(usize, f32, usize)]| {
            let n = part.len() as f32;
            let x: f32 = part.iter().map(|dot| dot.0 as f32).sum();
            let y: f32 = part.iter().map(|dot| dot.1).sum();
            (x / n, y / n)
        };
        let (first, last) = (mean(&window[..few]), mean(&window[window.len() - few..]));
        ((last.1 - first.1) / (last.0 - first.0).max(1.0)).clamp(-STEEPEST, STEEPEST)
    }

    /// The longest run that is still the line alone.
    fn thickest(&self, thickest: usize) -> usize {
        if self.seen.len() < 8 {
            return thickest;
        }
        let mut recent: Vec<usize> = self.seen.iter().rev().take(40).map(|dot| dot.2).collect();
        recent.sort_unstable();
        (3 * recent[recent.len() / 2] / 2 + 2).min(thickest)
    }

    /// What stands where the line should be in column `x`.
    fn meets(&self, x: usize, runs: &[(usize, usize)], thickest: usize) -> Met {
        let row = self.expected(x);
        let tolerance = (1.5 + 0.03 * self.hidden as f32).min(3.0);
        let i = runs.partition_point(|run| (run.1 as f32) < row + 0.5 - tolerance);
        match runs.get(i).filter(|run| run.0 as f32 <= row + tolerance) {
            Some(run) if run.1 - run.0 <= self.thickest(thickest) => Met::Line(i),
            Some(_) => Met::Stroke,
            None => Met::Paper,
        }
    }

    /// Where the line should be in column `x`.
    fn expected(&self, x: usize) -> f32 {
        let recent = &self.seen[self.seen.len().saturating_sub(5)..];
        let n = recent.len() as f32;
        let column: f32 = recent.iter().map(|dot| dot.0 as f32).sum::<f32>() / n;
        let row: f32 = recent.iter().map(|dot| dot.1).sum::<f32>() / n;
        row + self.slope() * (x as f32 - column)
    }

    /// The line, where it is long enough and mostly seen.
    fn finish(self, ink: &Plane, shortest: usize) -> Option<Line> {
        let (start, end) = (self.seen[0].0, self.seen[self.seen.len() - 1].0 + 1);
        let length = end - start;
        if length < shortest || 2 * self.seen.len() < length {
            return None;
        }
        let mut rows = Vec::with_capacity(length);
        for pair in self.seen.windows(2) {
            let ((x0, y0, _), (x1, y1, _)) = (pair[0], pair[1]);
            rows.extend((x0..x1).map(|x| y0 + (y1 - y0) * (x - x0) as f32 / (x1 - x0) as f32));
        }
        rows.push(self.seen[self.seen.len() - 1].1);
        let median = |mut values: Vec<f32>| {
            values.sort_by(f32::total_cmp);
            values[values.len() / 2]
        };
        let thickness = median(self.seen.iter().map(|dot| dot.2 as f32).collect());
        let level = median(self.seen.iter().map(|dot| ink.at(dot.0, dot.1 as usize)).collect());
        Some(Line { start, rows, thickness, level })
    }
}

/// The nearly horizontal lines of `ink` (above `weak`), at least `shortest`
/// columns long.
pub(super) fn horizontal(ink: &Plane, weak: f32, shortest: usize) -> Vec<Line> {
    let thickest = (ink.width.min(ink.height) / 16).max(4);
    let most_lost = (ink.width.min(ink.height) / 60).max(3);
    let (mut active, mut lines): (Vec<Chain>, Vec<Line>) = (Vec::new(), Vec::new());
    for x in 0..ink.width {
        let runs = runs(ink, x, weak);
        let mut taken = vec![false; runs.len()];
        let mut going = Vec::with_capacity(active.len());
        // The oldest line comes first where two have become one.
        for mut chain in active {
            chain.hidden += 1;
            match chain.meets(x, &runs, thickest) {
                Met::Line(i) if taken[i] => {
                    lines.extend(chain.finish(ink, shortest));
                    continue;
                }
                Met::Line(i) => {
                    taken[i] = true;
                    chain.seen.push(seen(x, runs[i]));
                    (chain.lost, chain.hidden) = (0, 0);
                }
                Met::Stroke => chain.lost = 0,
                Met::Paper => chain.lost += 1,
            }
            if chain.lost > most_lost {
                lines.extend(chain.finish(ink, shortest));
            } else {
                going.push(chain);
            }
        }
        let new = runs.iter().zip(&taken);
        let new = new.filter(|(run, taken)| !**taken && run.1 - run.0 <= thickest);
        going.extend(new.map(|(run, _)| Chain { seen: vec![seen(x, *run)], lost: 0, hidden: 0 }));
        active = going;
    }
    lines.extend(active.into_iter().filter_map(|chain| chain.finish(ink, shortest)));
    joined(lines, ink, weak)
}

/// A run in column `x` as a dot of a chain.
fn seen(x: usize, run: (usize, usize)) -> (usize, f32, usize) {
    (x, (run.0 + run.1 - 1) as f32 / 2.0, run.1 - run.0)
}

/// Pieces of one line put together, where strokes alone hide what is between.
fn joined(mut lines: Vec<Line>, ink: &Plane, weak: f32) -> Vec<Line> {
    lines.sort_by_key(|line| line.start);
    let mut out: Vec<Line> = Vec::new();
    for line in lines {
        match out.iter_mut().find(|before| before.goes_on_in(&line, ink, weak)) {
            Some(before) => {
                let between: Vec<f32> = before.towards(&line).collect();
                before.rows.extend(between);
                before.rows.extend(line.rows);
            }
            None => out.push(line),
        }
    }
    out
}

/// The runs of inked pixels of column `x`: first row, row after the last one.
fn runs(ink: &Plane, x: usize, weak: f32) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for y in 0..ink.height {
        if ink.at(x, y) > weak {
            match runs.last_mut().filter(|run| run.1 == y) {
                Some(run) => run.1 = y + 1,
                None => runs.push((y, y + 1)),
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilted_line_is_followed_through_a_stroke_and_erased_around_it() {
        let mut ink = Plane::from_fn(200, 80, |x, y| {
            let line = (y as f32 - 30.0 - 0.05 * x as f32).abs() <= 1.0;
            let stroke = (90..100).contains(&x) && (10..70).contains(&y);
            f32::from(line || stroke)
        });
        let lines = horizontal(&ink, 0.5, 100);
        assert_eq!(lines.len(), 1);
        let line = &lines[0];
        assert!(line.length() >= 198 && (line.row_at(150) - 37.5).abs() <= 1.0);
        line.erase(&mut ink, 0.5);
        let inked = |x: usize| (0..80).filter(|&y| ink.at(x, y) > 0.5).count();
        assert_eq!((0..200).map(inked).sum::<usize>(), 600);
        assert_eq!(inked(95), 60);
    }
}

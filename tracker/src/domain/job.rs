//! Counting due dates anew after calendar or rules changed: a recorded job, done in slices.

use super::words::words;

words! {
    /// Why dates are counted anew.
    JobKind, "job kind" {
        /// Days of the calendar were imported.
        Calendar = "calendar",
        /// A rule was wrong and was put right.
        Correction = "correction",
    }
}

words! {
    /// How far a job got.
    JobState, "job state" {
        /// It is still to be done, or under way.
        Running = "running",
        /// Every open obligation was looked at.
        Ended = "ended",
    }
}

//! Stories told through the public face.

mod the_parts_are_real;

//! Stories told through the public face. Each is told on both engines.

mod a_broken_mailbox_stops_no_other;
mod a_form_becomes_a_letter;
mod a_hundred_thousand_letters;
mod a_letter_by_mail_is_answered;
mod a_mail_that_kills_its_reader;
mod a_report_by_mail_leaves_no_trace;
mod codes_cannot_be_guessed;
mod commands_speak_json;
mod every_route_has_a_row;
mod figures_add_up;
mod hostile_mail_is_inert;
mod killed_at_every_commit;
mod letters_on_paper_keep_their_day;
mod mail_is_read_right;
mod mailboxes_of_every_kind;
mod no_written_word_is_lost;
mod nobody_but_the_named_reads_a_sealed_letter;
mod other_sites_and_floods_are_refused;
mod smtp_misbehaves;
mod the_api_says_what_is_wrong;
mod the_demonstration_is_genuine;
mod the_domain_is_pure;
mod the_parts_are_real;
mod the_same_letter_at_the_same_time;
mod the_tables_are_what_the_code_says;
mod two_handlers_collide;

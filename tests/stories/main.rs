//! Stories told through the public face. Each is told on both engines.

mod a_broken_mailbox_stops_no_other;
mod a_form_becomes_a_letter;
mod a_hundred_thousand_letters;
mod a_letter_by_mail_is_answered;
mod any_input_is_read;
mod automatic_mail_is_known;
mod bounces_find_their_answer;
mod codes_cannot_be_guessed;
mod commands_speak_json;
mod every_route_has_a_row;
mod figures_add_up;
mod hostile_mail_is_inert;
mod killed_at_every_commit;
mod letters_on_paper_keep_their_day;
mod machines_write_to_each_other;
mod nobody_but_the_named_reads_a_sealed_letter;
mod quotes_are_cut;
mod smtp_misbehaves;
mod spam_is_set_aside;
mod the_domain_is_pure;
mod the_parts_are_real;
mod two_handlers_collide;

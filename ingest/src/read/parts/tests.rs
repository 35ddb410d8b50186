use super::*;

fn shape(raw: &[u8]) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
    let tree = walk(raw, &mut Notes::default()).expect("readable");
    (tree.text, tree.html, tree.files)
}

fn multi(subtype: &str, inner: &str) -> Vec<u8> {
    format!("Content-Type: multipart/{subtype}; boundary=\"b\"\n\n{inner}").into_bytes()
}

#[test]
fn an_alternative_has_two_bodies() {
    let raw = multi(
        "alternative",
        "--b\n\nhi\n--b\nContent-Type: text/html\n\n<p>hi\n--b--\n",
    );
    assert_eq!(shape(&raw), (vec![0], vec![1], vec![]));
}

#[test]
fn a_missing_final_boundary_loses_nothing() {
    let raw = multi("mixed", "--b\n\nhi there");
    assert_eq!(shape(&raw).0, [0]);
}

#[test]
fn a_boundary_that_is_the_start_of_another_does_not_cut() {
    let raw = multi(
        "mixed",
        "--b\nContent-Type: multipart/alternative; boundary=b-1\n\n--b-1\n\nhi\n--b-1--\n--b\n\nfoot\n--b--",
    );
    assert_eq!(shape(&raw), (vec![0, 1], vec![0, 1], vec![]));
}

#[test]
fn an_undeclared_boundary_is_found() {
    let raw = b"Content-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\nhi\n--x--\n";
    let tree = walk(raw, &mut Notes::default()).expect("readable");
    assert_eq!(tree.leaves[0].body, b"hi");
}

#[test]
fn a_multipart_without_parts_is_read_as_words() {
    let raw = multi("mixed", "just words\n");
    assert_eq!(shape(&raw), (vec![0], vec![0], vec![]));
}

#[test]
fn named_texts_after_the_body_are_files() {
    let raw = multi(
        "mixed",
        "--b\n\nhi\n--b\nContent-Type: text/plain; name=a.txt\n\nfile\n--b\nContent-Type: text/plain\n\nfoot\n--b--",
    );
    assert_eq!(shape(&raw), (vec![0, 2], vec![0, 2], vec![1]));
}

#[test]
fn too_deep_and_too_many_are_refused() {
    let mut raw = String::new();
    for n in 0..MAX_DEPTH + 5 {
        raw.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"
        ));
    }
    let error = walk(raw.as_bytes(), &mut Notes::default()).err();
    assert_eq!(error, Some(Unreadable::TooDeep { limit: MAX_DEPTH }));
    let raw = multi("mixed", &"--b\n\nx\n".repeat(MAX_PARTS + 1));
    let error = walk(&raw, &mut Notes::default()).err();
    assert_eq!(error, Some(Unreadable::TooManyParts { limit: MAX_PARTS }));
}

#[test]
fn a_body_that_calls_itself_an_attachment_is_the_body() {
    let raw = b"Content-Type: text/plain\nContent-Disposition: attachment\n\nhi";
    assert_eq!(shape(raw), (vec![0], vec![0], vec![]));
    let raw = b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nhi";
    assert_eq!(shape(raw), (vec![], vec![], vec![0]));
}

#[test]
fn a_text_that_is_shown_under_a_name_is_a_file() {
    let named =
        "--b\nContent-Type: text/plain\nContent-Disposition: inline; filename=a.txt\n\nlist\n";
    let raw = multi(
        "mixed",
        &format!("{named}--b\nContent-Type: text/html\n\n<p>hi\n--b--"),
    );
    assert_eq!(shape(&raw), (vec![1], vec![1], vec![0]));
    // Alone it is all that was written.
    assert_eq!(shape(&multi("mixed", &format!("{named}--b--"))).0, [0]);
    // Without a name it is words.
    let raw = multi(
        "mixed",
        "--b\nContent-Disposition: inline\n\none\n--b\nContent-Disposition: inline\n\ntwo\n--b--",
    );
    assert_eq!(shape(&raw).0, [0, 1]);
}

#[test]
fn the_boundary_that_stands_in_the_body_says_what_it_is() {
    let parts = "--b\n\nhi\n--b\nContent-Type: application/pdf\n\nx\n--b--\n";
    for head in [
        "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b",
        "Content-Type: multipart/mixed; boundary=z\nContent-Type: multipart/mixed; boundary=b",
        "Content-Type: text/plain; boundary=b",
        "Content-Type: application/octet-stream; boundary=\"b\"",
        "Content-Type: multipart; boundary=b",
    ] {
        let raw = format!("{head}\n\n{parts}");
        assert_eq!(shape(raw.as_bytes()), (vec![0], vec![0], vec![1]), "{head}");
    }
    let raw = b"Content-Type: text/plain; boundary=b\n\nwords --b in between\n";
    assert_eq!(shape(raw), (vec![0], vec![0], vec![]));
}

#[test]
fn a_digest_holds_mails() {
    let raw = multi("digest", "--b\n\nSubject: one\n\nhi\n--b--");
    let tree = walk(&raw, &mut Notes::default()).expect("readable");
    assert_eq!(tree.leaves[0].media_type, "message/rfc822");
}

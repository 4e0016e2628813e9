//! Web addresses, named so that an officer knows why nothing was filled in. None is ever opened.

/// Whether the whole text is one address: `http://…`, `https://…` or `www.…`.
pub(super) fn is_address(text: &str) -> bool {
    let unbroken = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let begins = |prefix: &str| {
        let (start, rest) = (text.get(..prefix.len()), text.get(prefix.len()..));
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
    };
    unbroken && ["http://", "https://", "www."].into_iter().any(begins)
}

/// The host of an address in lower case, without user or port.
pub(super) fn host(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_unbroken_word_with_a_scheme() {
        for address in ["http://a.vn", "HTTPS://A.VN/x?y=1", "www.a.vn"] {
            assert!(is_address(address), "{address}");
        }
        for text in ["", "http://", "https://?", "ftp://a.vn", "see http://a.vn", "http://a.vn and more", "wwwa"] {
            assert!(!is_address(text), "{text}");
        }
        assert_eq!(host("https://An@VNeID.gov.vn:443/x").as_deref(), Some("vneid.gov.vn"));
        assert_eq!(host("https:///x"), None);
    }
}

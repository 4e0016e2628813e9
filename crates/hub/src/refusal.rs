//! What a desk is told when the hub does not do what it asked, as codes; the desk has the sentences.

use axum::http::StatusCode;

macro_rules! codes {
    ($(#[$about:meta])* $type:ident { $($name:ident = $code:literal, $doc:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type { $(#[doc = $doc] $name,)* }

        impl $type {
            /// Every one.
            pub const ALL: &'static [$type] = &[$($type::$name,)*];

            /// As it stands on the wire.
            pub fn code(self) -> &'static str {
                match self { $($type::$name => $code,)* }
            }
        }
    };
}

codes! {
    /// Why a whole request was refused. Nothing of it was stored.
    Refusal {
        Malformed = "malformed", "The request is not what this release understands.";
        Dictionary = "dictionary", "It was packed with a dictionary the hub does not know: pack again without one.";
        TooLarge = "too_large", "More bytes or operations than one request may carry: send fewer at a time.";
        TooSlow = "too_slow", "The request did not arrive in time: send fewer operations at a time.";
        Signature = "signature", "The device's key did not sign this request for this hub.";
        UnknownReplica = "unknown_replica", "The hub never leased this replica number.";
        CodeUnknown = "code_unknown", "No desk was given this one-time code.";
        CodeExpired = "code_expired", "The one-time code is older than seven days.";
        CodeExhausted = "code_exhausted", "The one-time code was tried ten times in vain.";
        CodeUsed = "code_used", "Another computer has used the one-time code.";
        WrongAgency = "wrong_agency", "The one-time code was made for another agency.";
        Revoked = "revoked", "The desk was revoked.";
        NoLane = "no_lane", "The agency's 99 lanes are all in use: retire a desk first.";
        Restored = "restored", "The hub was put back from a backup: it enrols nobody until its administrator has looked.";
        SlowDown = "slow_down", "Too many unknown codes were tried at this hub in the last minute: try again later.";
        Fork = "fork", "The hub holds another operation under a number of this request: two copies of one desk exist.";
        Checkpoint = "checkpoint", "The checkpoint is missing, not the device's, or does not fit the log.";
    }
}

codes! {
    /// Why an operation was stored without effect.
    SetAsideReason {
        CodeTaken = "code_taken", "Another dossier of the agency has this number.";
        WrongAgency = "wrong_agency", "It concerns a dossier of an agency the desk may not write for.";
        Stolen = "stolen", "The desk was reported stolen.";
        Unreadable = "unreadable", "Its content is not what it should be.";
    }
}

impl Refusal {
    /// The status of the HTTP answer, always 4xx.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed | Self::Dictionary => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Signature | Self::UnknownReplica => StatusCode::UNAUTHORIZED,
            Self::CodeUnknown
            | Self::CodeExpired
            | Self::CodeExhausted
            | Self::CodeUsed
            | Self::WrongAgency
            | Self::Revoked => StatusCode::FORBIDDEN,
            Self::NoLane | Self::Restored | Self::Fork | Self::Checkpoint => StatusCode::CONFLICT,
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_askers_matter_and_its_code_is_its_own() {
        let mut codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert!(Refusal::ALL.iter().all(|refusal| refusal.status().is_client_error()));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
    }
}

//! Payment by transfer: the account that is set, and its VietQR code drawn here, without a line. Nobody can tell offline
//! whether it was paid: a person confirms that.

use super::steps::{OFFICERS, amount};
use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::print::payment;
use crate::store::settings::{self, Key};
use crate::texts::text;
use domain::card::vietqr::{VietQr, is_agencys};
use domain::dossier::LARGE;
use domain::money::Money;
use domain::text::tidy;
use protocol::fields::Role;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The account fees are transferred to, as typed.
#[derive(Debug, Clone, Default, Deserialize, TS)]
pub struct Account {
    /// The bank's six-digit number (BIN).
    pub bank: String,
    /// The account; empty takes the setting away.
    pub account: String,
    /// Whose it is.
    pub holder: String,
}

/// The account that is set.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AccountView {
    /// The bank's six-digit number (BIN).
    pub bank: String,
    /// The account.
    pub account: String,
    /// Whose it is.
    pub holder: String,
    /// That it looks like a person's own, which is no lawful receipt of the State; empty where it does not.
    pub warning: String,
}

/// A payment code to show.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PaymentCode {
    /// What the code says.
    pub text: String,
    /// The same as a picture, `data:image/png;base64,…`.
    pub picture: String,
    /// In digits.
    pub amount: String,
    /// In words.
    pub words: String,
    /// Nội dung chuyển tiền, without a person's data.
    pub purpose: String,
    /// The account.
    pub account: AccountView,
    /// That a person has to confirm that the money came.
    pub waits: String,
}

impl Desk {
    /// The account fees are transferred to, where one is set.
    pub fn account(&self) -> Result<Option<AccountView>> {
        let [bank, account, holder] = self.store.read(|connection| {
            Ok([Key::PayBank, Key::PayAccount, Key::PayHolder].map(|key| settings::get(connection, key)))
        })?;
        let (bank, account, holder) = (bank?, account?, holder?);
        let warning = if is_agencys(&holder) { String::new() } else { text(self.language(), "account_personal", &[]) };
        Ok((!account.is_empty()).then_some(AccountView { bank, account, holder, warning }))
    }

    /// Sets the account, or takes it away.
    pub fn set_account(&self, input: &Account) -> Done<Option<AccountView>> {
        self.require(&[Role::Administrator, Role::Leader])?;
        let field = |name: &str| Error::new(Code::FieldWrong).with("field", name);
        let digits = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let (bank, account, holder) = (digits(&input.bank), digits(&input.account), tidy(&input.holder));
        if !account.is_empty() {
            if holder.is_empty() {
                return Err(field("holder"));
            }
            if bank.len() != 6 || bank.bytes().any(|byte| !byte.is_ascii_digit()) {
                return Err(field("bank"));
            }
            code_of(&bank, &account, Money(1_000), "").ok_or_else(|| field("account"))?;
        }
        let ((), changes) = self.store.write(|writing| {
            for (key, value) in [(Key::PayBank, &bank), (Key::PayAccount, &account), (Key::PayHolder, &holder)] {
                settings::set(writing, key, value)?;
            }
            Ok(())
        })?;
        Ok((self.account()?, changes))
    }

    /// The payment code of an amount for a dossier; its purpose names the dossier alone.
    pub fn payment_code(&self, code: &str, typed: &str) -> Result<PaymentCode> {
        let (said, text_of_code, account, amount) = self.payment(code, typed)?;
        let png = payment::png(&text_of_code)?;
        Ok(PaymentCode {
            text: text_of_code,
            picture: format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png)),
            amount: amount.to_string(),
            words: amount.in_words(),
            purpose: said,
            account,
            waits: text(self.language(), "fee_awaited", &[]),
        })
    }

    /// The same picture as a file.
    pub fn write_payment_code(&self, code: &str, typed: &str, file: &std::path::Path) -> Result<PaymentCode> {
        let view = self.payment_code(code, typed)?;
        std::fs::write(file, payment::png(&view.text)?)
            .map_err(|error| Error::new(Code::FileUnwritable).with("file", file.display()).because(error))?;
        Ok(view)
    }

    fn payment(&self, code: &str, typed: &str) -> Result<(String, String, AccountView, Money)> {
        self.require(&OFFICERS)?;
        let (_, dossier) = self.located(code)?;
        let account = self.account()?.ok_or_else(|| Error::new(Code::NoAccount))?;
        let amount = amount(typed)?;
        // What has to be asked first is not put on a code.
        if amount == Money(0) || amount >= LARGE {
            return Err(Error::new(Code::AmountUnfit));
        }
        let purpose = format!("LP {}", dossier.received().code.as_str());
        let text = code_of(&account.bank, &account.account, amount, &purpose);
        let text = text.ok_or_else(|| Error::new(Code::AmountUnfit))?;
        Ok((purpose, text, account, amount))
    }
}

fn code_of(bank: &str, account: &str, amount: Money, purpose: &str) -> Option<String> {
    let purpose = Some(purpose.to_owned()).filter(|purpose| !purpose.is_empty());
    let (bank, account, amount) = (bank.to_owned(), account.to_owned(), Some(amount));
    VietQr { bank, account, amount, purpose, bill: None, reference: None }.write()
}

use crate::figure::Figure;
use crate::Result;
pub fn measure() -> Result<Vec<Figure>> { Ok(vec![]) }

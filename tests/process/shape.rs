//! Shapes of JSON: which keys are there, and what stands under them.

use serde_json::Value;

/// Fails unless `value` has `shape`: an object at least these keys, an array only elements of the one shape given, and in the
/// place of a value one of `text`, `number`, `flag`, `anything`, with `?` where it may be null. Other words stand for themselves.
pub fn has_shape(value: &Value, shape: &Value) {
    if let Err(wrong) = held(value, shape, "$") {
        panic!("{wrong}\nin {value:#}");
    }
}

fn held(value: &Value, shape: &Value, at: &str) -> Result<(), String> {
    match (shape, value) {
        (Value::Object(keys), Value::Object(fields)) => keys.iter().try_for_each(|(key, shape)| {
            let path = format!("{at}.{key}");
            held(fields.get(key).ok_or_else(|| format!("{path} is missing"))?, shape, &path)
        }),
        (Value::Array(one), Value::Array(elements)) => {
            let shape = one.first().ok_or("an array's shape has one element")?;
            elements.iter().enumerate().try_for_each(|(n, value)| held(value, shape, &format!("{at}[{n}]")))
        }
        (Value::String(word), value) => {
            let (word, may_be_null) = word.strip_suffix('?').map_or((word.as_str(), false), |word| (word, true));
            let fits = match word {
                _ if may_be_null && value.is_null() => true,
                "anything" => true,
                "text" => value.is_string(),
                "number" => value.is_u64() || value.is_f64(),
                "flag" => value.is_boolean(),
                word => value.as_str() == Some(word),
            };
            if fits { Ok(()) } else { Err(format!("{at} is {value}, not {word}")) }
        }
        (shape, value) if shape == value => Ok(()),
        (shape, value) => Err(format!("{at} is {value}, not {shape}")),
    }
}

#[test]
fn shapes_are_told_apart() {
    use serde_json::json;
    let shape = json!({ "code": "text", "due": "text?", "rows": [{ "n": "number", "ok": true }] });
    has_shape(&json!({ "code": "a", "due": null, "rows": [{ "n": 1, "ok": true }], "more": 1 }), &shape);
    for wrong in [
        json!({ "code": "a", "rows": [] }),
        json!({ "code": 1, "due": null, "rows": [] }),
        json!({ "code": "a", "due": "b", "rows": [{ "n": "1", "ok": true }] }),
        json!({ "code": "a", "due": "b", "rows": [{ "n": 1, "ok": false }] }),
        json!([]),
    ] {
        assert!(held(&wrong, &shape, "$").is_err(), "{wrong}");
    }
}

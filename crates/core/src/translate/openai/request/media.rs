//! The content of a message: text, images, sound, files; as a string, or as a list of parts in the spellings of OpenAI
//! and of the vendors that followed it.

use serde_json::Value;

use super::fields::{Fields, foreign, wrong};
use super::history::text_of;
use crate::chat::{Media, Part};
use crate::translate::Refusal;

/// The parts of `content`.
pub(super) fn parts(message: &mut Fields) -> Result<Vec<Part>, Refusal> {
    Ok(spoken(message)?.parts)
}

/// What the assistant's content holds besides parts.
#[derive(Default)]
pub(super) struct Spoken {
    pub(super) parts: Vec<Part>,
    pub(super) refusal: Option<String>,
    /// Mistral's thinking, as its own parts.
    pub(super) thought: Option<String>,
}

pub(super) fn spoken(message: &mut Fields) -> Result<Spoken, Refusal> {
    let path = message.at("content");
    let mut spoken = Spoken::default();
    match message.any("content") {
        None => {}
        Some(Value::String(text)) => spoken.parts.push(Part::Text(text)),
        Some(Value::Array(list)) => {
            for (at, value) in list.into_iter().enumerate() {
                part(Fields::of(format!("{path}[{at}]"), value)?, &mut spoken)?;
            }
        }
        Some(_) => return Err(wrong(&path, "must be a string or a list of parts")),
    }
    Ok(spoken)
}

/// The texts of `content`, for roles that have nothing else.
pub(super) fn texts(message: &mut Fields) -> Result<Vec<String>, Refusal> {
    let path = message.at("content");
    let texts: Option<Vec<String>> = parts(message)?.into_iter().map(text_of).collect();
    texts.ok_or_else(|| wrong(&path, "must be text"))
}

fn part(mut part: Fields, into: &mut Spoken) -> Result<(), Refusal> {
    let kind = part.needed("type")?;
    let read = match kind.as_str() {
        "text" | "input_text" | "output_text" => Part::Text(part.needed("text")?),
        "refusal" => {
            into.refusal.get_or_insert_default().push_str(&part.needed("refusal")?);
            return Ok(());
        }
        "thinking" => {
            let thought = part.any("thinking").unwrap_or_default();
            let whole = into.thought.get_or_insert_default();
            match &thought {
                Value::String(text) => whole.push_str(text),
                parts => {
                    parts.as_array().into_iter().flatten().filter_map(|part| part["text"].as_str()).for_each(
                        |text| {
                            whole.push_str(text);
                        },
                    )
                }
            }
            return Ok(());
        }
        "image_url" | "input_image" => image(&mut part)?,
        "input_audio" => {
            let Some(mut audio) = part.object("input_audio")? else {
                return Err(wrong(&part.at("input_audio"), "is missing"));
            };
            Part::Audio { data: audio.needed("data")?, format: audio.needed("format")? }
        }
        "file" | "input_file" => file(&mut part)?,
        "document_url" | "file_url" => {
            let url = url(&mut part, &kind)?;
            Part::File { media: media(&part.at(&kind), url)?, filename: part.text("document_name")? }
        }
        _ => {
            return Err(foreign(
                &part.at("type"),
                format!("parts of type `{kind}` are not of OpenAI's schema"),
            ));
        }
    };
    into.parts.push(read);
    Ok(())
}

/// `image_url: {url, detail}`; Mistral and OpenAI's other API give the URL itself.
fn image(part: &mut Fields) -> Result<Part, Refusal> {
    let mut detail = part.text("detail")?;
    if let Some(image) = part.peek("image_url").filter(|image| image.is_object()) {
        detail = image["detail"].as_str().map(str::to_owned);
    }
    let url = url(part, "image_url")?;
    Ok(Part::Image(media(&part.at("image_url"), url)?, detail))
}

/// A URL in a string, or in the `url` of an object.
fn url(part: &mut Fields, name: &str) -> Result<String, Refusal> {
    match part.any(name) {
        Some(Value::String(url)) => Ok(url),
        Some(object @ Value::Object(_)) => Fields::of(part.at(name), object)?.needed("url"),
        Some(_) => Err(wrong(&part.at(name), "must be a URL, or an object with one")),
        None => Err(wrong(&part.at(name), "is missing")),
    }
}

/// `file: {file_data | file_id, filename}`; OpenAI's other API has the same fields in the part itself.
fn file(part: &mut Fields) -> Result<Part, Refusal> {
    let mut outer = None;
    if let Some(inner) = part.object("file")? {
        outer = Some(inner);
    }
    let file = outer.as_mut().unwrap_or(part);
    let filename = file.text("filename")?;
    let path = file.at("file_data");
    let media = match (file.text("file_data")?, file.text("file_id")?, file.text("file_url")?) {
        (Some(data), _, _) if data.starts_with("data:") || data.starts_with("http") => media(&path, data)?,
        (Some(data), _, _) => Media::Data { media_type: media_type(filename.as_deref()), data },
        (None, Some(id), _) => Media::Id(id),
        (None, None, Some(url)) => media(&path, url)?,
        (None, None, None) => return Err(wrong(file.path(), "needs `file_data` or `file_id`")),
    };
    Ok(Part::File { media, filename })
}

/// A `data:` URL is its bytes, any other is a place.
fn media(path: &str, url: String) -> Result<Media, Refusal> {
    let Some(rest) = url.strip_prefix("data:") else { return Ok(Media::Url(url)) };
    let Some((head, data)) = rest.split_once(',') else {
        return Err(wrong(path, "is a data URL without data"));
    };
    let Some(head) = head.strip_suffix(";base64") else {
        return Err(wrong(path, "must be a data URL in base64"));
    };
    let media_type =
        head.split(';').next().filter(|kind| !kind.is_empty()).unwrap_or("application/octet-stream");
    Ok(Media::Data { media_type: media_type.to_owned(), data: data.to_owned() })
}

/// What a file without a data URL is, by its name.
fn media_type(filename: Option<&str>) -> String {
    let extension =
        filename.and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension.to_lowercase());
    match extension.as_deref() {
        Some("txt") => "text/plain",
        Some("md") => "text/markdown",
        Some("csv") => "text/csv",
        Some("html") => "text/html",
        Some("json") => "application/json",
        _ => "application/pdf",
    }
    .to_owned()
}

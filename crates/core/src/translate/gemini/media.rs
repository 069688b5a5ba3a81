//! Images, sound and files as parts. What cannot be told makes the model unsuitable; it is never left out.

use std::borrow::Cow;

use crate::chat::{Media, Part};
use crate::translate::Unsupported;
use crate::wire::gemini::{self, FileData, InlineData};

pub(super) fn part(part: &Part) -> Result<gemini::Part<'_>, Unsupported> {
    Ok(match part {
        Part::Text(text) => gemini::Part { text: Some(text.as_str().into()), ..gemini::Part::default() },
        Part::Image(media, _) => of(media, "image/jpeg"),
        Part::File { media, .. } => of(media, "application/pdf"),
        Part::Audio { data, format } => inline(Cow::Owned(format!("audio/{format}")), data),
    })
}

/// `usual`: what the bytes behind an address most likely are, when its ending does not tell.
fn of<'a>(media: &'a Media, usual: &'static str) -> gemini::Part<'a> {
    match media {
        Media::Data { media_type, data } => inline(Cow::Borrowed(media_type), data),
        Media::Url(uri) => file(Some(by_ending(uri).unwrap_or(usual)), uri),
        // The Files API knows what it holds.
        Media::Id(uri) => file(None, uri),
    }
}

fn inline<'a>(mime_type: Cow<'a, str>, data: &'a str) -> gemini::Part<'a> {
    gemini::Part { inline_data: Some(InlineData { mime_type, data }), ..gemini::Part::default() }
}

fn file<'a>(mime_type: Option<&'static str>, file_uri: &'a str) -> gemini::Part<'a> {
    gemini::Part { file_data: Some(FileData { mime_type, file_uri }), ..gemini::Part::default() }
}

fn by_ending(uri: &str) -> Option<&'static str> {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" => "text/html",
        "json" => "application/json",
        "mp3" => "audio/mp3",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        _ => return None,
    })
}

//! Images and documents. What the vendor does not take makes the model unsuitable; it is never left out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::chat::{Media, Part};
use crate::translate::Unsupported;
use crate::wire::anthropic::{self, Block};

/// A part that is not text.
pub(super) fn block(part: &Part) -> Result<Block<'_>, Unsupported> {
    match part {
        Part::Text(text) => Ok(Block::Text { text: text.as_str().into() }),
        Part::Image(media, _) => image(media),
        Part::File { media, filename } => document(media, filename.as_deref()),
        Part::Audio { .. } => Err(unsupported("it does not take audio")),
    }
}

fn image(media: &Media) -> Result<Block<'_>, Unsupported> {
    let source = match media {
        Media::Url(url) => anthropic::Media::Url { url },
        Media::Id(id) => file(id)?,
        Media::Data { media_type, data } => match media_type.as_str() {
            "image/jpg" => anthropic::Media::Base64 { media_type: "image/jpeg", data },
            "image/jpeg" | "image/png" | "image/gif" | "image/webp" => {
                anthropic::Media::Base64 { media_type, data }
            }
            other => return Err(unsupported(format!("it does not take images of type {other}"))),
        },
    };
    Ok(Block::Image { source })
}

fn document<'a>(media: &'a Media, title: Option<&'a str>) -> Result<Block<'a>, Unsupported> {
    let source = match media {
        Media::Url(url) => anthropic::Media::Url { url },
        Media::Id(id) => file(id)?,
        Media::Data { media_type, .. } if media_type.starts_with("image/") => return image(media),
        Media::Data { media_type, data } if media_type == "application/pdf" => {
            anthropic::Media::Base64 { media_type, data }
        }
        // CSV, Markdown and the like are plain text to the vendor.
        Media::Data { media_type, data }
            if media_type.starts_with("text/") || media_type == "application/json" =>
        {
            let bytes = STANDARD.decode(data).map_err(|_| unsupported("the file is not base64"))?;
            let data = String::from_utf8(bytes).map_err(|_| unsupported("the file is not UTF-8 text"))?;
            anthropic::Media::Text { media_type: "text/plain", data }
        }
        Media::Data { media_type, .. } => {
            return Err(unsupported(format!("it does not take files of type {media_type}")));
        }
    };
    Ok(Block::Document { source, title })
}

/// An id of the vendor's own store begins so; another vendor's names nothing here.
fn file(id: &str) -> Result<anthropic::Media<'_>, Unsupported> {
    if id.starts_with("file_") {
        Ok(anthropic::Media::File { file_id: id })
    } else {
        Err(unsupported("a file id means something only to the vendor that gave it"))
    }
}

fn unsupported(reason: impl Into<String>) -> Unsupported {
    Unsupported { param: "messages".to_owned(), reason: reason.into() }
}

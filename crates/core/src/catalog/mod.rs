//! What MAIG knows of models.

/// One model.
#[derive(Debug)]
pub struct ModelCard {}

//! Gemini's generateContent (AI Studio and Vertex) as JSON: what is sent, and what comes back, whole or as chunks.
//! Every field that comes in is optional and every enum open: the vendor adds to both without notice.

mod request;
mod response;

pub use request::{
    CallingConfig, Content, Declaration, FileData, FunctionCall, FunctionResponse, GenerationConfig,
    InlineData, Part, Request, Role, SystemInstruction, ThinkingConfig, ToolConfig, Tools,
};
pub use response::{
    Candidate, Chunk, Finish, GivenCall, GivenContent, GivenPart, PartialArg, PromptFeedback, UsageMetadata,
};

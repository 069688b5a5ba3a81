//! Function declarations and the choice among them. What the app forces is never loosened: a model that cannot be
//! forced is skipped.

use super::schema;
use crate::catalog::Capabilities;
use crate::chat::{ChatRequest, ToolChoice};
use crate::translate::Unsupported;
use crate::wire::gemini::{CallingConfig, Declaration, ToolConfig, Tools};

type Told<'a> = (Vec<Tools<'a>>, Option<ToolConfig<'a>>);

pub(super) fn tools(request: &ChatRequest, can: Capabilities) -> Result<Told<'_>, Unsupported> {
    if request.tools.is_empty() {
        return Ok((Vec::new(), None));
    }
    if can.tools == Some(false) {
        return Err(unsupported("tools", "it takes no tools"));
    }
    let mut function_declarations = Vec::with_capacity(request.tools.len());
    for tool in &request.tools {
        if !tool.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return Err(unsupported("tools", "a function's name must begin with a letter or an underscore"));
        }
        function_declarations.push(Declaration {
            name: &tool.name,
            description: tool.description.as_deref(),
            parameters_json_schema: tool.parameters.as_ref().map(schema::level),
        });
    }
    let (mode, names): (_, &[String]) = match &request.tool_choice {
        // AUTO is the default, and no word is the surest form of it.
        None | Some(ToolChoice::Auto) => return Ok((vec![Tools { function_declarations }], None)),
        Some(ToolChoice::None) => ("NONE", &[]),
        Some(ToolChoice::Required) => ("ANY", &[]),
        Some(ToolChoice::Named(name)) => ("ANY", std::slice::from_ref(name)),
        Some(ToolChoice::Allowed { names, required: true }) => ("ANY", names),
        // Names go only with ANY; the others are not declared instead.
        Some(ToolChoice::Allowed { names, required: false }) => {
            function_declarations.retain(|tool| names.iter().any(|name| name == tool.name));
            ("AUTO", &[])
        }
    };
    if mode == "ANY" && can.forced_tool_choice == Some(false) {
        return Err(unsupported("tool_choice", "it cannot be made to call a function"));
    }
    let allowed_function_names = names.iter().map(String::as_str).collect();
    let config = ToolConfig { function_calling_config: CallingConfig { mode, allowed_function_names } };
    if function_declarations.is_empty() {
        return Ok((Vec::new(), None));
    }
    Ok((vec![Tools { function_declarations }], Some(config)))
}

fn unsupported(param: &str, reason: &str) -> Unsupported {
    Unsupported { param: param.to_owned(), reason: reason.to_owned() }
}

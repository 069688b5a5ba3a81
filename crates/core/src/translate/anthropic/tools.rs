//! Tools and the choice among them. What the app forces is never loosened: a model that cannot be forced is skipped.

use std::borrow::Cow;
use std::collections::HashSet;

use super::answer_tool::{ANSWER_TOOL, answer_tool};
use super::schema;
use crate::catalog::Capabilities;
use crate::chat::{ChatRequest, Message, ResponseFormat, ToolChoice};
use crate::translate::Unsupported;
use crate::wire::anthropic::{Choice, Tool};

type Told<'a> = (Vec<Tool<'a>>, Option<Choice<'a>>);

/// The tools that are declared, and the choice among them. `emulated`: the answer itself is asked for as a tool.
pub(super) fn tools(
    request: &ChatRequest,
    can: Capabilities,
    emulated: bool,
) -> Result<Told<'_>, Unsupported> {
    let mut tools: Vec<Tool<'_>> = request
        .tools
        .iter()
        .filter(|tool| is_allowed(request, &tool.name))
        .map(|tool| {
            let strict = tool.strict == Some(true) && can.json_schema == Some(true);
            Tool {
                name: Cow::Borrowed(tool.name.as_str()),
                description: tool.description.as_deref().filter(|text| !text.is_empty()).map(Cow::Borrowed),
                input_schema: match &tool.parameters {
                    Some(parameters) if strict => schema::strict(parameters),
                    parameters => schema::tool_input(parameters.as_ref()),
                },
                strict: strict.then_some(true),
            }
        })
        .collect();
    if can.tools == Some(false) && (!tools.is_empty() || emulated) {
        let param = if tools.is_empty() { "response_format" } else { "tools" };
        return Err(Unsupported { param: param.to_owned(), reason: "it takes no tools".to_owned() });
    }

    let mut choice = if tools.is_empty() { None } else { choice(request) };
    if let (true, Some(ResponseFormat::JsonSchema { schema, description, .. })) =
        (emulated, &request.response_format)
    {
        let single = tools.is_empty();
        tools.push(answer_tool(schema, description.as_deref())?);
        // An app's own tools may be called first, and the answer given with the last call.
        if !matches!(choice, Some(Choice::Tool { .. })) {
            choice = Some(if single || matches!(choice, Some(Choice::None)) {
                Choice::Tool { name: Cow::Borrowed(ANSWER_TOOL), disable_parallel_tool_use: true }
            } else {
                Choice::Any { disable_parallel_tool_use: request.parallel_tool_calls == Some(false) }
            });
        }
    }
    if can.forced_tool_choice == Some(false)
        && matches!(choice, Some(Choice::Any { .. } | Choice::Tool { .. }))
    {
        let param = if emulated { "response_format" } else { "tool_choice" };
        return Err(Unsupported {
            param: param.to_owned(),
            reason: "it cannot be made to call a tool".to_owned(),
        });
    }
    if tools.is_empty() {
        tools = tools_of_the_past(request);
        choice = (!tools.is_empty()).then_some(Choice::None);
    }
    Ok((tools, choice))
}

/// `allowed_tools` has no word here: the others are not declared.
fn is_allowed(request: &ChatRequest, name: &str) -> bool {
    match &request.tool_choice {
        Some(ToolChoice::Allowed { names, .. }) => names.iter().any(|allowed| allowed == name),
        _ => true,
    }
}

fn choice(request: &ChatRequest) -> Option<Choice<'_>> {
    let disable_parallel_tool_use = request.parallel_tool_calls == Some(false);
    match &request.tool_choice {
        Some(ToolChoice::None) => Some(Choice::None),
        Some(ToolChoice::Required | ToolChoice::Allowed { required: true, .. }) => {
            Some(Choice::Any { disable_parallel_tool_use })
        }
        Some(ToolChoice::Named(name)) => {
            Some(Choice::Tool { name: Cow::Borrowed(name.as_str()), disable_parallel_tool_use })
        }
        Some(ToolChoice::Auto | ToolChoice::Allowed { .. }) => {
            Some(Choice::Auto { disable_parallel_tool_use })
        }
        None => disable_parallel_tool_use.then_some(Choice::Auto { disable_parallel_tool_use }),
    }
}

/// A conversation with tool calls in it needs tools declared, even if none is offered now.
fn tools_of_the_past(request: &ChatRequest) -> Vec<Tool<'_>> {
    let mut seen = HashSet::new();
    let said = request.messages.iter().filter_map(|message| match message {
        Message::Assistant(said) => Some(&said.tool_calls),
        _ => None,
    });
    said.flatten()
        .filter(|call| seen.insert(call.name.as_str()))
        .map(|call| Tool {
            name: Cow::Borrowed(call.name.as_str()),
            description: None,
            input_schema: schema::tool_input(None),
            strict: None,
        })
        .collect()
}

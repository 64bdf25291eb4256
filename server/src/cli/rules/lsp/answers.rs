//! What an editor asks, and who answers it.
//!
//! In: a request. Out: its answer; whatever is asked wrongly is told so. Not here: the beginning and the end of a conversation (`mod.rs`).

use lsp_server::{ErrorCode, Request, Response};
use lsp_types::request::{
    CodeActionRequest, CodeLensRequest, Completion, DocumentSymbolRequest, ExecuteCommand, GotoDefinition,
    HoverRequest, References, Request as Asked,
};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionOrCommand, CodeLensOptions, CompletionOptions, CompletionResponse,
    DocumentSymbolResponse, ExecuteCommandOptions, ExecuteCommandParams, GotoDefinitionResponse,
    HoverProviderCapability, MessageType, OneOf, PositionEncodingKind, SaveOptions, ServerCapabilities,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, Uri,
};
use serde::Deserialize;
use serde_json::Value;

use super::cases::{self, RUN, named};
use super::desk::Desk;
use super::documents::{Units, path_of};
use super::home::{Home, TOML};
use super::point::Point;
use super::{complete, hover, mends, outline};

/// Signs behind which an editor asks by itself what may be written.
const TRIGGERS: [&str; 4] = [".", "\"", "{", "="];

/// What this server can do, with columns counted in these units.
pub fn capabilities(units: Units) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::FULL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    ServerCapabilities {
        position_encoding: Some(match units {
            Units::Utf8 => PositionEncodingKind::UTF8,
            Units::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(TRIGGERS.map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: vec![RUN.to_owned()],
            ..ExecuteCommandOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

/// Why something is not answered.
type Refused = (ErrorCode, String);

/// Answers a request. What was judged is up to date: the caller has settled the desk.
pub fn answer(desk: &mut Desk, request: Request) -> Response {
    match request.method.as_str() {
        HoverRequest::METHOD => ask::<HoverRequest>(request, |params| {
            Ok(at(desk, &params.text_document_position_params, |point, desk| {
                hover::hover(point, desk.judged(point.home))
            }))
        }),
        Completion::METHOD => ask::<Completion>(request, |params| {
            let all = at(desk, &params.text_document_position, |point, _| Some(complete::complete(point)));
            Ok(all.map(CompletionResponse::List))
        }),
        GotoDefinition::METHOD => ask::<GotoDefinition>(request, |params| {
            let found = at(desk, &params.text_document_position_params, |point, _| cases::definition(point));
            Ok(found.map(GotoDefinitionResponse::Scalar))
        }),
        References::METHOD => ask::<References>(request, |params| {
            Ok(at(desk, &params.text_document_position, |point, desk| {
                cases::references(point, desk.judged(point.home)?)
            }))
        }),
        DocumentSymbolRequest::METHOD => ask::<DocumentSymbolRequest>(request, |params| {
            let Some((path, home)) = desk.home(&params.text_document.uri) else { return Ok(None) };
            let symbols = desk.document(&path).map(|own| outline::symbols(own, named(own, home.part), desk.units));
            Ok(symbols.map(DocumentSymbolResponse::Nested))
        }),
        CodeLensRequest::METHOD => ask::<CodeLensRequest>(request, |params| {
            let Some((path, home)) = desk.home(&params.text_document.uri) else { return Ok(None) };
            let known = desk.document(&path).zip(desk.judged(&home));
            Ok(known.map(|(own, judged)| cases::lenses(own, &home, judged, desk.units)))
        }),
        CodeActionRequest::METHOD => ask::<CodeActionRequest>(request, |params| {
            let Some((path, home)) = desk.home(&params.text_document.uri) else { return Ok(None) };
            let Some((own, judged)) = desk.document(&path).zip(desk.judged(&home)) else { return Ok(None) };
            let lines = params.range.start.line as usize..params.range.end.line as usize + 1;
            let found = mends::mends(&desk.shipped, own, &home, judged, &desk.documents, (lines, desk.units));
            Ok(Some(found.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
        }),
        ExecuteCommand::METHOD => ask::<ExecuteCommand>(request, |params| run(desk, params)),
        method => {
            let why = format!("there is no request `{method}` here");
            Response::new_err(request.id, ErrorCode::MethodNotFound as i32, why)
        }
    }
}

/// Reads what a request says, and answers it.
fn ask<R: Asked>(request: Request, act: impl FnOnce(R::Params) -> Result<R::Result, Refused>) -> Response {
    let params = serde_json::from_value(request.params);
    match params.map_err(|error| (ErrorCode::InvalidParams, error.to_string())).and_then(act) {
        Ok(result) => Response::new_ok(request.id, result),
        Err((code, why)) => Response::new_err(request.id, code as i32, why),
    }
}

/// Answers about a point of a document that is open and part of a profile.
fn at<T>(
    desk: &Desk,
    params: &TextDocumentPositionParams,
    act: impl FnOnce(&Point<'_>, &Desk) -> Option<T>,
) -> Option<T> {
    let (path, home) = desk.home(&params.text_document.uri)?;
    let document = desk.document(&path)?;
    act(&Point::of(desk.known(&home), document, &home, params.position), desk)
}

/// What `palisander.runCases` is told.
#[derive(Deserialize)]
struct Asking {
    /// Address of the profile's folder.
    folder: Uri,
    /// Only the cases that must fire it.
    #[serde(default)]
    indicator: Option<String>,
}

fn run(desk: &mut Desk, params: ExecuteCommandParams) -> Result<Option<Value>, Refused> {
    if params.command != RUN {
        return Err((ErrorCode::InvalidParams, format!("there is no command `{}` here", params.command)));
    }
    let wrong = |why: String| (ErrorCode::InvalidParams, why);
    let first = params.arguments.into_iter().next().unwrap_or_default();
    let asking: Asking = serde_json::from_value(first).map_err(|error| wrong(error.to_string()))?;
    let folder = path_of(&asking.folder).ok_or_else(|| wrong("`folder` is no file's address".to_owned()))?;
    let home = Home::of(&folder.join(TOML), &desk.opened).ok_or_else(|| wrong("`folder` is no profile".to_owned()))?;
    let Some(judged) = desk.judged(&home) else {
        return Err(wrong(format!("no file of `{}` is open", home.id)));
    };
    let Some(report) = cases::run(judged, &home, asking.indicator.as_deref()) else {
        return Err((ErrorCode::RequestFailed, format!("`{}` does not load; its cases say nothing", home.id)));
    };
    desk.say(if report.fails { MessageType::ERROR } else { MessageType::INFO }, report.said);
    Ok(Some(report.document))
}

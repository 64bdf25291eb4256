//! `palisander rules lsp`: the Language Server Protocol over standard input and output, for editors of profiles.
//!
//! In: messages of an editor. Out: what `rules check` says of the profiles that are open, as they stand in the editor; on request what a
//! word means, what may be written, which cases fire an indicator, and how the cases come out. One thread reads, so that what
//! waits is known: findings are worked out once nothing does. Nothing is written to disk but copies that are deleted at once.

mod answers;
mod cases;
mod complete;
mod desk;
mod documents;
mod findings;
mod home;
mod hover;
mod mends;
mod outline;
mod point;
mod spot;
mod wire;
mod words;

use std::io::Write;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Exit,
    Notification as Said, PublishDiagnostics, ShowMessage,
};
use lsp_types::request::{Initialize, Request as Asked, Shutdown};
use lsp_types::{InitializeParams, InitializeResult, PositionEncodingKind, ServerInfo};
use palisander_engine::{Engine, Options};

use self::desk::{Desk, Told};
use self::documents::{Units, path_of};
use self::wire::Heard;
use crate::cli::out::ended;
use crate::cli::{FINDINGS, OK, UNREADABLE, say};

/// Messages that are read before they are looked at.
const MAX_WAITING: usize = 64;

/// Serves one editor until it says that it is done, or its end of the pipe closes; the exit code.
pub fn lsp() -> u8 {
    let shipped = match Engine::open(&Options::default()) {
        Ok(shipped) => shipped,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    let (sender, heard) = sync_channel(MAX_WAITING);
    // It ends with the stream, or with the process: nobody waits for it.
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let one = wire::read(&mut input);
            let is_last = matches!(one, Heard::Ended | Heard::Lost(_));
            if sender.send(one).is_err() || is_last {
                return;
            }
        }
    });
    let mut conversation = Conversation { desk: Desk::new(shipped), stands: Stands::New, out: std::io::stdout() };
    conversation.serve(&heard).unwrap_or_else(|error| ended(&error))
}

/// How far a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Nobody has said who he is.
    New,
    Open,
    /// Nothing more is answered; the end is awaited.
    Shut,
}

/// What an answer is written with, and what it is made of.
struct Conversation<W> {
    desk: Desk,
    stands: Stands,
    out: W,
}

impl<W: Write> Conversation<W> {
    fn serve(&mut self, heard: &Receiver<Heard>) -> std::io::Result<u8> {
        loop {
            let one = match heard.try_recv() {
                Ok(one) => one,
                Err(TryRecvError::Disconnected) => return Ok(self.code()),
                Err(TryRecvError::Empty) => {
                    self.tell()?;
                    match heard.recv() {
                        Ok(one) => one,
                        Err(_) => return Ok(self.code()),
                    }
                }
            };
            match one {
                Heard::Ended => return Ok(self.code()),
                Heard::Lost(why) => {
                    wire::refuse(&mut self.out, None, ErrorCode::ParseError, &why)?;
                    say(&format!("the stream is lost: {why}"));
                    return Ok(UNREADABLE);
                }
                Heard::Unfit { id, code, why } => wire::refuse(&mut self.out, id, code, &why)?,
                Heard::Said(Message::Notification(one)) if one.method == Exit::METHOD => return Ok(self.code()),
                Heard::Said(Message::Notification(one)) => self.notified(one),
                Heard::Said(Message::Request(one)) => self.asked(one)?,
                // Nothing is asked of the editor that it could answer.
                Heard::Said(Message::Response(_)) => {}
            }
        }
    }

    /// As the protocol says: whoever goes without `shutdown` has broken off.
    fn code(&self) -> u8 {
        if self.stands == Stands::Shut { OK } else { FINDINGS }
    }

    /// Tells what was found since the last time.
    fn tell(&mut self) -> std::io::Result<()> {
        for told in self.desk.settle() {
            let message = match told {
                Told::Diagnostics(params) => Notification::new(PublishDiagnostics::METHOD.to_owned(), params),
                Told::Message(params) => Notification::new(ShowMessage::METHOD.to_owned(), params),
            };
            wire::write(&mut self.out, &message.into())?;
        }
        Ok(())
    }

    fn notified(&mut self, one: Notification) {
        if self.stands != Stands::Open {
            return;
        }
        let desk = &mut self.desk;
        match one.method.as_str() {
            DidOpenTextDocument::METHOD => read(one).into_iter().for_each(|params| desk.open(params)),
            DidChangeTextDocument::METHOD => read(one).into_iter().for_each(|params| desk.change(params)),
            DidSaveTextDocument::METHOD => read(one).into_iter().for_each(|params| desk.save(&params)),
            DidCloseTextDocument::METHOD => read(one).into_iter().for_each(|params| desk.close(&params)),
            DidChangeWatchedFiles::METHOD => desk.disk(),
            // What nobody here listens to may be said all the same.
            _ => {}
        }
    }

    fn asked(&mut self, one: Request) -> std::io::Result<()> {
        let refused = |id, code: ErrorCode, why: &str| Response::new_err(id, code as i32, why.to_owned());
        let response = match (self.stands, one.method.as_str()) {
            (Stands::New, Initialize::METHOD) => self.begin(one),
            (Stands::New, _) => refused(one.id, ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Stands::Open, Initialize::METHOD) => refused(one.id, ErrorCode::InvalidRequest, "it is open already"),
            (Stands::Open, Shutdown::METHOD) => {
                self.stands = Stands::Shut;
                Response::new_ok(one.id, ())
            }
            (Stands::Open, _) => {
                // An answer rests on what the editor has now.
                self.tell()?;
                answers::answer(&mut self.desk, one)
            }
            (Stands::Shut, _) => refused(one.id, ErrorCode::InvalidRequest, "`exit` comes next"),
        };
        wire::write(&mut self.out, &response.into())
    }

    fn begin(&mut self, one: Request) -> Response {
        let params: InitializeParams = match serde_json::from_value(one.params) {
            Ok(params) => params,
            Err(error) => return Response::new_err(one.id, ErrorCode::InvalidParams as i32, error.to_string()),
        };
        let offered = params.capabilities.general.and_then(|general| general.position_encodings).unwrap_or_default();
        let units = if offered.contains(&PositionEncodingKind::UTF8) { Units::Utf8 } else { Units::Utf16 };
        self.desk.units = units;
        #[expect(deprecated, reason = "editors that know no folders of a workspace say one root")]
        let root = params.root_uri;
        let folders = params.workspace_folders.unwrap_or_default().into_iter().map(|folder| folder.uri).chain(root);
        self.desk.opened = folders.filter_map(|uri| path_of(&uri)).collect();
        self.stands = Stands::Open;
        let server_info =
            ServerInfo { name: "palisander".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
        let result = InitializeResult { capabilities: answers::capabilities(units), server_info: Some(server_info) };
        Response::new_ok(one.id, result)
    }
}

/// What a notification says. One that cannot be read has nobody to be answered.
fn read<T: serde::de::DeserializeOwned>(one: Notification) -> Option<T> {
    serde_json::from_value(one.params).inspect_err(|error| say(&format!("`{}` is not heard: {error}", one.method))).ok()
}

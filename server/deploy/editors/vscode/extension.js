/* Starts the language server for the files of a profile. */
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = () => {
  const command = workspace.getConfiguration("palisander").get("program");
  const pattern = "**/{profile.toml,profile.rhai,cases/*.json,lanes.toml,lib/*.rhai}";
  client = new LanguageClient(
    "palisander",
    "Palisander",
    { command, args: ["rules", "lsp"] },
    {
      documentSelector: [
        { scheme: "file", pattern: "**/profile.toml" },
        { scheme: "file", pattern: "**/profile.rhai" },
        { scheme: "file", pattern: "**/cases/*.json" },
      ],
      synchronize: { fileEvents: workspace.createFileSystemWatcher(pattern) },
    },
  );
  return client.start();
};

exports.deactivate = () => client?.stop();

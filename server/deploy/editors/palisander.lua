-- Neovim from 0.7 on: put this file into ~/.config/nvim/plugin/.
-- One server for all profiles; `palisander` is looked for on the path.
local client

vim.api.nvim_create_autocmd({ "BufReadPost", "BufNewFile" }, {
  pattern = { "*/profile.toml", "*/profile.rhai", "*/cases/*.json" },
  callback = function(event)
    if vim.fn.expand("<afile>:t") == "profile.rhai" then
      -- Comments and texts are close enough to those of Rust.
      vim.bo[event.buf].filetype = "rust"
    end
    client = client or vim.lsp.start_client({
      name = "palisander",
      cmd = { "palisander", "rules", "lsp" },
      root_dir = vim.fn.getcwd(),
      -- Run cases from a lens: `:lua vim.lsp.codelens.refresh()`, then `vim.lsp.codelens.run()` on its line.
      on_exit = function() client = nil end,
    })
    vim.lsp.buf_attach_client(event.buf, client)
    vim.bo[event.buf].omnifunc = "v:lua.vim.lsp.omnifunc"
  end,
})

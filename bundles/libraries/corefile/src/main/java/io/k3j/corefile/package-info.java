/// The grammar of a Corefile (<https://coredns.io/manual/configuration/>): words, server blocks, directives, snippets
/// and imports, as Caddy's lexer and parser have them. What a directive means is not known here: the parsed
/// [Corefile.Block]s are given to whoever has the plug-ins.
///
/// ```
///   ConfigFiles ─CorefileTokens─► words ─imports, snippets─► words ─Corefile─► Block: keys, Directive: arguments, Line
/// ```
///
/// Files are what [ConfigFiles] holds, never files of the machine; the environment is what the caller gives, never
/// that of the process. Pure; any thread; nothing blocks. **Memory.** [Corefile#MOST_TOKENS] words with all imports.
/// **Errors.** A [CorefileProblem] says file, line, what is wrong and one word for an Event.
@NullMarked
package io.k3j.corefile;

import org.jspecify.annotations.NullMarked;

package io.k3j.corefile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Cuts a Corefile into words, as Caddy's lexer does: white space between them, `#` begins a comment, quotes keep
/// spaces and line ends together, `{$NAME}` and `{%NAME%}` stand for the environment. The environment is a short list
/// of ours, never that of the process, which has tokens in it. Pure.
public final class CorefileTokens {
    private final String file;
    private final String text;
    private final Map<String, String> environment;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private int line = 1;
    private int began;
    private boolean quoted;
    private boolean within;

    /// A word and where it stands.
    ///
    /// @param text without its quotes, the environment in place
    /// @param file and line: where it is written, also when it came by an import
    /// @param row like the line, but another one for each time a file or snippet is imported
    public record Token(String text, String file, int line, long row) {
        /// Whether another word follows on the line of this one.
        /// @param next the word that follows this one in the list
        /// @return false at a line end, and where an import begins or ends
        boolean beside(Token next) {
            return row + text.chars().filter(c -> c == '\n').count() == next.row;
        }

        /// As a word of another import.
        /// @param rows more than any file has lines, so that no two imports share a row
        Token moved(long rows) {
            return new Token(text, file, line, row + rows);
        }
    }

    private CorefileTokens(String file, String text, Map<String, String> environment) {
        this.file = file;
        this.text = text;
        this.environment = environment;
    }

    /// The words of a file.
    /// @param file its path, for problems
    /// @param text its content
    /// @param environment what `{$NAME}` and `{%NAME%}` stand for
    /// @throws CorefileProblem for a quote without its end
    static List<Token> of(String file, String text, Map<String, String> environment) {
        CorefileTokens lexer = new CorefileTokens(file, text, environment);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                i = inQuotes(c, i);
            } else if (c == '#' && !within) {
                int end = text.indexOf('\n', i);
                i = end < 0 ? text.length() : end - 1;
            } else if (Character.isWhitespace(c)) {
                finish();
            } else if (c == '"' && !within) {
                begin();
                quoted = true;
            } else {
                begin();
                word.append(c);
            }
            if (c == '\n') {
                line++;
            }
        }
        if (quoted) {
            throw CorefileProblem.invalid(file, began, "a quote (\") without its end");
        }
        finish();
    }

    /// Within quotes only `\"` is an escape, as in Caddy.
    /// @return where reading goes on
    private int inQuotes(char c, int i) {
        if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
            word.append('"');
            return i + 1;
        }
        if (c == '"') {
            quoted = false;
            finish();
        } else {
            word.append(c);
        }
        return i;
    }

    private void begin() {
        if (!within) {
            within = true;
            began = line;
        }
    }

    private void finish() {
        if (within) {
            tokens.add(new Token(placed(placed(word.toString(), "{$", "}"), "{%", "%}"), file, began, began));
            word.setLength(0);
            within = false;
        }
    }

    /// With the environment in place; a name that is not there leaves nothing, as in Caddy.
    private String placed(String token, String open, String close) {
        StringBuilder all = new StringBuilder();
        int from = 0;
        for (int start = token.indexOf(open); start >= 0; start = token.indexOf(open, from)) {
            int end = token.indexOf(close, start + 2);
            if (end < 0) {
                break;
            }
            all.append(token, from, start).append(environment.getOrDefault(token.substring(start + 2, end), ""));
            from = end + close.length();
        }
        return all.append(token, from, token.length()).toString();
    }
}

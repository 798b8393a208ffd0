package io.k3j.gogo;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.gogo.runtime.Parser;
import org.apache.felix.gogo.runtime.Token;

/// Which commands a line has, for the log: their names alone, since arguments may be secrets.
final class CommandNames {
    private static final int MAX_COMMANDS = 8;
    private static final int MAX_CHARS = 64;
    private static final String UNNAMED = "(expression)";

    private CommandNames() {
    }

    /// In the order of the line, those in braces and parentheses too, with commas; of what cannot be read only that.
    static String of(String line) {
        try {
            Parser parser = new Parser(line);
            parser.program();
            List<String> names = parser.statements().stream().map(Parser.Statement::tokens)
                    .filter(tokens -> !tokens.isEmpty()).map(CommandNames::name).toList();
            return names.stream().limit(MAX_COMMANDS).collect(Collectors.joining(","))
                    + (names.size() > MAX_COMMANDS ? ",…" : "");
        } catch (RuntimeException unreadable) {
            return "(unreadable)";
        }
    }

    private static String name(List<Token> tokens) {
        String first = tokens.getFirst().toString();
        boolean assignment = tokens.size() > 1 && tokens.get(1).toString().equals("=");
        boolean plain = first.length() <= MAX_CHARS && first.chars().allMatch(CommandNames::plain);
        return plain && !assignment ? first : UNNAMED;
    }

    private static boolean plain(int c) {
        return Character.isLetterOrDigit(c) || c == ':' || c == '-' || c == '_' || c == '.' || c == '*';
    }
}

package io.k3j.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.k3j.apimachinery.GoRegex;
import java.util.HashMap;
import java.util.Map;

/// The regular expressions of one schema, made by RE2, which takes linear time whatever a user writes and is what Go
/// has. RE2/J writes repetitions out and keeps them as long as the schema lives: Go's limit of them holds, and one for
/// all expressions together. Each is made once. For one thread.
final class SchemaPatterns {
    /// States of one expression: about 6 MB.
    static final int LARGEST = 100_000;
    /// States of all expressions of a schema: about 30 MB.
    static final int MOST_STATES = 500_000;
    private final Map<String, Pattern> made = new HashMap<>();
    private long states;

    /// @throws PatternSyntaxException in Go's words for what is no expression, and beyond a limit
    Pattern compile(String regex) {
        Pattern known = made.get(regex);
        if (known != null) {
            return known;
        }
        GoRegex.Size size = GoRegex.of(regex);
        if (size.repeat() != null) {
            throw new PatternSyntaxException("invalid repeat count", size.repeat());
        }
        if (size.states() > LARGEST) {
            throw new PatternSyntaxException("expression too large");
        }
        if (states + size.states() > MOST_STATES) {
            throw new PatternSyntaxException("expressions of one schema too large together");
        }
        Pattern pattern = Pattern.compile(regex);
        states += size.states();
        made.put(regex, pattern);
        return pattern;
    }
}

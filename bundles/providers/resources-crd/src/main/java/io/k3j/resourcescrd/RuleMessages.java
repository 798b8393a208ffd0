package io.k3j.resourcescrd;

import java.nio.charset.StandardCharsets;

/// What messages of rules may look like. Pure.
final class RuleMessages {
    /// The most bytes a `messageExpression` may give: upstream's `MaxEvaluatedMessageExpressionSizeBytes`.
    static final int MOST_BYTES = 5 << 10;

    private RuleMessages() {
    }

    /// Whether the result of a `messageExpression` is told; else the rule's own message is.
    static boolean fits(String message) {
        return !message.isEmpty() && message.indexOf('\n') < 0
                && message.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
    }

    /// Whether a text has more than one line.
    static boolean broken(String text) {
        return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    }
}

package io.k3j.cel;

import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationResult;
import java.util.List;
import java.util.function.UnaryOperator;

/// What is wrong with an expression, as upstream's engine prints it: cel-java says the same in slightly other words.
final class Issues {
    private Issues() {
    }

    static String parsing(CelValidationResult result) {
        return shown(result, m -> m.startsWith("mismatched") || m.startsWith("extraneous") || m.startsWith("missing")
                || m.startsWith("no viable") || m.startsWith("token recognition") ? "Syntax error: " + m : m);
    }

    static String checking(CelValidationResult result) {
        return shown(result, m -> {
            int candidates = m.indexOf(" (candidates: ");
            return candidates < 0 ? m : m.substring(0, candidates);
        });
    }

    private static String shown(CelValidationResult result, UnaryOperator<String> words) {
        List<CelIssue> issues = result.getErrors().stream().map(i -> CelIssue.formatError(i.getExprId(),
                i.getSourceLocation(), words.apply(i.getMessage()))).toList();
        return CelIssue.toDisplayString(issues, result.getSource());
    }
}

package io.k3j.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import io.k3j.celvalues.EvalFailure;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Literals that no function can read, told when the expression is compiled: durations, timestamps, regular
/// expressions.
final class Literals {
    private Literals() {
    }

    /// All that is wrong, as upstream prints it; null when nothing is.
    static @Nullable String wrong(CelAbstractSyntaxTree ast) {
        List<CelIssue> issues = CelNavigableAst.fromAst(ast).getRoot().allNodes().map(n -> n.expr())
                .filter(e -> e.exprKind().getKind() == CelExpr.ExprKind.Kind.CALL).map(e -> issue(ast, e))
                .filter(Objects::nonNull).toList();
        return issues.isEmpty() ? null : CelIssue.toDisplayString(issues, ast.getSource());
    }

    private static @Nullable CelIssue issue(CelAbstractSyntaxTree ast, CelExpr e) {
        CelExpr.CelCall call = e.call();
        CelExpr argument = call.args().isEmpty() ? null : call.args().getLast();
        if (argument == null || argument.exprKind().getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || argument.constant().getKind() != CelConstant.Kind.STRING_VALUE
                || readable(call.function(), argument.constant().stringValue())) {
            return null;
        }
        CelSourceLocation at = ast.getSource().getOffsetLocation(
                ast.getSource().getPositionsMap().getOrDefault(argument.id(), 0)).orElse(CelSourceLocation.NONE);
        return CelIssue.formatError(argument.id(), at, "invalid " + call.function() + " argument");
    }

    private static boolean readable(String function, String text) {
        try {
            switch (function) {
                case "duration" -> Standard.duration(text);
                case "timestamp" -> Standard.timestamp(text);
                case "matches" -> Patterns.compile(text, "");
                default -> {
                }
            }
            return true;
        } catch (EvalFailure e) {
            return false;
        }
    }
}

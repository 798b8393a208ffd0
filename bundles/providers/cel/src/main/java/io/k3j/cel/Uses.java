package io.k3j.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import java.util.Set;
import java.util.stream.Collectors;

/// What an expression mentions.
final class Uses {
    private static final String OPTIONAL_SELECT = "_?._";

    private Uses() {
    }

    /// Names of variables, and `variable.field` for fields of them, also of those that are asked for as
    /// `variable.?field`.
    static Set<String> of(CelAbstractSyntaxTree ast) {
        Set<String> names = ast.getReferenceMap().values().stream().map(r -> r.name()).filter(n -> !n.isEmpty())
                .collect(Collectors.toSet());
        CelNavigableAst.fromAst(ast).getRoot().allNodes().map(n -> n.expr())
                .filter(e -> e.exprKind().getKind() == CelExpr.ExprKind.Kind.SELECT)
                .map(CelExpr::select).filter(s -> s.operand().exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT)
                .forEach(s -> names.add(s.operand().ident().name() + "." + s.field()));
        CelNavigableAst.fromAst(ast).getRoot().allNodes().map(n -> n.expr())
                .filter(e -> e.exprKind().getKind() == CelExpr.ExprKind.Kind.CALL).map(CelExpr::call)
                .filter(c -> c.function().equals(OPTIONAL_SELECT) && c.args().size() == 2)
                .forEach(c -> optional(c.args().getFirst(), c.args().getLast(), names));
        return Set.copyOf(names);
    }

    private static void optional(CelExpr operand, CelExpr field, Set<String> to) {
        if (operand.exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT
                && field.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && field.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
            to.add(operand.ident().name() + "." + field.constant().stringValue());
        }
    }
}

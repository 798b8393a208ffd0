package io.k3j.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import java.util.Set;
import java.util.stream.Collectors;

/// What an expression mentions.
final class Uses {
    private Uses() {
    }

    /// Names of variables, and `variable.field` for fields of them.
    static Set<String> of(CelAbstractSyntaxTree ast) {
        Set<String> names = ast.getReferenceMap().values().stream().map(r -> r.name()).filter(n -> !n.isEmpty())
                .collect(Collectors.toSet());
        CelNavigableAst.fromAst(ast).getRoot().allNodes().map(n -> n.expr())
                .filter(e -> e.exprKind().getKind() == CelExpr.ExprKind.Kind.SELECT)
                .map(CelExpr::select).filter(s -> s.operand().exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT)
                .forEach(s -> names.add(s.operand().ident().name() + "." + s.field()));
        return Set.copyOf(names);
    }
}

package io.k3j.apiserverrules;

import io.k3j.admissioncel.CompiledExpression;
import io.k3j.admissioncel.ExpressionCompiler;
import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.celapi.Cel;
import io.k3j.celapi.CelType.Simple;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whether the CEL expressions of one webhook or admission policy compile. The engine is loaded with the first one.
/// For one thread.
final class AdmissionExpressionRules {
    private static final int MOST_CONDITIONS = 64;
    private static final Set<String> RESERVED = Set.of("true", "false", "null", "in", "as", "break", "const",
            "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
            "var", "void", "while");
    private final Supplier<@Nullable Cel> cel;
    private final boolean params;
    private @Nullable ExpressionCompiler compiler;

    /// @param cel null while there is none
    /// @param params whether the expressions see parameters
    AdmissionExpressionRules(Supplier<@Nullable Cel> cel, boolean params) {
        this.cel = cel;
        this.params = params;
    }

    /// @throws ApiFault 503: what cannot be checked is not stored
    private ExpressionCompiler compiler() {
        ExpressionCompiler now = compiler;
        if (now == null) {
            Cel engine = cel.get();
            if (engine == null) {
                throw ApiFault
                        .unavailable("CEL expressions cannot be checked: the bundle io.k3j.cel is being replaced");
            }
            now = new ExpressionCompiler(engine, params);
            compiler = now;
        }
        return now;
    }

    /// Whether a text is what CEL calls an identifier.
    static boolean identifier(String name) {
        return !RESERVED.contains(name) && !name.isEmpty() && !digit(name.charAt(0))
                && name.chars().allMatch(c -> c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || digit(c));
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    /// Match conditions see no variables of a policy when they are written, as upstream.
    /// @param of where the field `matchConditions` stands
    void matchConditions(Seq conditions, Problems of) {
        if (conditions.size() > MOST_CONDITIONS) {
            of.add(FieldProblem.tooMany(of.at("matchConditions").path(), conditions.size(), MOST_CONDITIONS));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < conditions.size() && !of.full(); i++) {
            Struct condition = conditions.struct(i);
            Problems p = of.at("matchConditions", i);
            String expression = condition.text("expression").strip();
            if (expression.isEmpty()) {
                p.at("expression").required("");
            } else {
                condition(expression, p.at("expression"));
            }
            String name = condition.text("name");
            if (p.present(condition, "name")) {
                p.at("name").invalid(name, Names.qualified(name));
                if (!names.add(name)) {
                    p.at("name").duplicate(name);
                }
            }
        }
    }

    void variable(String name, String expression, Problems at) {
        told(compiler().variable(name, expression), at);
    }

    void condition(String expression, Problems at) {
        told(compiler().condition(expression), at);
    }

    void message(String expression, Problems at) {
        told(compiler().message(expression, Simple.STRING), at);
    }

    /// Of an audit annotation.
    void value(String expression, Problems at) {
        CompiledExpression compiled = compiler().whole(expression.strip(), Simple.STRING, Simple.NULL);
        if (!compiled.valid()) {
            at.invalid(expression, compiled.failure());
        }
    }

    void patch(String patchType, String expression, Problems at) {
        told(compiler().patch(patchType, expression), at);
    }

    private static void told(CompiledExpression compiled, Problems at) {
        if (!compiled.valid()) {
            at.invalid(compiled.expression(), compiled.failure());
        }
    }
}

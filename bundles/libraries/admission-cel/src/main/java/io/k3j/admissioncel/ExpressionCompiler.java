package io.k3j.admissioncel;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Fields;
import io.k3j.celapi.CelType.ListOf;
import io.k3j.celapi.CelType.Simple;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Compiles the expressions of one webhook or policy, in upstream's order: variables first, each of which sees those
/// before it. For one thread, and for the moment: what it has made is kept, it is not.
public final class ExpressionCompiler {
    private static final String VARIABLES_TYPE = "kubernetes.variables";
    private final Cel cel;
    private final Map<Sight, CelDeclarations> declared = new EnumMap<>(Sight.class);
    private final Map<Sight, CelEnvironment> plain = new EnumMap<>(Sight.class);
    private final Map<Sight, CelEnvironment> composed = new EnumMap<>(Sight.class);
    private final Map<String, CelType> types = new LinkedHashMap<>();
    private final List<Variable> variables = new ArrayList<>();

    /// What an expression sees.
    private enum Sight {
        /// Everything.
        WHOLE,
        /// All but `authorizer`.
        MESSAGE,
        /// Everything, and the types of patches.
        PATCH
    }

    /// A compiled variable of a policy.
    /// @param name as in `variables.name`
    public record Variable(String name, CompiledExpression expression) {
    }

    /// Of built-in variables only, as upstream has them.
    /// @param params whether there are parameters
    public ExpressionCompiler(Cel cel, boolean params) {
        this(cel, AdmissionTypes.declared(params, true), AdmissionTypes.declared(params, false));
    }

    /// Of declarations of one's own, as for checking types.
    public ExpressionCompiler(Cel cel, CelDeclarations whole, CelDeclarations message) {
        this.cel = cel;
        declared.put(Sight.WHOLE, whole);
        declared.put(Sight.MESSAGE, message);
        declared.put(Sight.PATCH, whole.mutating(Shape.ANY));
    }

    /// One more variable, which later expressions see, even if it does not compile.
    public CompiledExpression variable(String name, String expression) {
        CompiledExpression compiled = compiled(Sight.WHOLE, expression);
        variables.add(new Variable(name, compiled));
        types.put(name, compiled.type());
        composed.clear();
        return compiled;
    }

    /// The variables so far.
    public List<Variable> variables() {
        return List.copyOf(variables);
    }

    /// An expression that sees everything.
    /// @param wanted the types its result may have; none: any
    public CompiledExpression whole(String expression, CelType... wanted) {
        return compiled(Sight.WHOLE, expression, wanted);
    }

    /// A condition.
    public CompiledExpression condition(String expression) {
        return whole(expression, Simple.BOOL);
    }

    /// A message of a refusal.
    public CompiledExpression message(String expression, CelType... wanted) {
        return compiled(Sight.MESSAGE, expression, wanted);
    }

    /// A mutation.
    /// @param patchType `JSONPatch`, else it is an apply configuration
    public CompiledExpression patch(String patchType, String expression) {
        return compiled(Sight.PATCH, expression, patchType.equals("JSONPatch") ? new ListOf(Simple.JSON_PATCH)
                : Simple.MUTATED_OBJECT);
    }

    private CompiledExpression compiled(Sight sight, String expression, CelType... wanted) {
        CelCompilation result = environment(sight, expression).compile(expression, wanted);
        return switch (result) {
            case CelCompilation.Done done -> new CompiledExpression(expression, done.program(), "");
            case CelCompilation.Failed failed -> new CompiledExpression(expression, null, failed.detail());
        };
    }

    /// What does not look at variables needs no environment of its own for them.
    private CelEnvironment environment(Sight sight, String expression) {
        if (!expression.contains(AdmissionTypes.VARIABLES)) {
            return plain.computeIfAbsent(sight, s -> cel.environment(declarations(s)));
        }
        return composed.computeIfAbsent(sight, s -> cel.environment(declarations(s)
                .with(AdmissionTypes.VARIABLES, new Fields(VARIABLES_TYPE, types))));
    }

    private CelDeclarations declarations(Sight sight) {
        return declared.getOrDefault(sight, CelDeclarations.of(Map.of()));
    }
}

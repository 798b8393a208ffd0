package io.k3j.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelEstimate;
import io.k3j.celapi.CelType;
import io.k3j.celestimates.Estimator;
import io.k3j.celestimates.ShapeSizes;
import io.k3j.celvalues.Adapter;
import io.k3j.schema.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Declarations, ready to compile with.
final class DeclaredEnvironment implements CelEnvironment {
    private static final int DEEPEST = 1_000;
    private final Engine engine;
    private final LongSupplier nanos;
    private final Types types = new Types();
    private final Map<String, Adapter> adapters = new HashMap<>();
    private final Map<String, dev.cel.common.types.CelType> variables = new HashMap<>();
    private final ShapeSizes sizes = new ShapeSizes();
    /// What rules are about; null for expressions that are none.
    private final @Nullable Shape ruled;
    /// Null where each expression has types of its own.
    private final @Nullable CelCompiler compiler;

    DeclaredEnvironment(Engine engine, CelDeclarations declarations, LongSupplier nanos) {
        this.engine = engine;
        this.nanos = nanos;
        this.ruled = ruled(declarations);
        declarations.variables().forEach((name, type) -> {
            variables.put(name, types.of(type));
            adapters.put(name, types.adapter(type));
        });
        this.compiler = declarations.mutated() == null ? declared(engine.compiler(types)) : null;
    }

    private static @Nullable Shape ruled(CelDeclarations declarations) {
        return declarations.variables().values().stream().filter(t -> t instanceof CelType.Shaped s && s.ruled())
                .map(t -> ((CelType.Shaped) t).shape()).findFirst().orElse(null);
    }

    private CelCompiler declared(CelCompilerBuilder builder) {
        variables.forEach(builder::addVar);
        return builder.build();
    }

    private CelCompiler compiler(String expression) {
        return compiler != null ? compiler : declared(engine.compiler(Mutations.types(types, expression)));
    }

    @Override
    public CelCompilation compile(String expression, CelType... wanted) {
        try {
            CelCompiler with = compiler(expression);
            CelValidationResult parsed = with.parse(expression);
            if (parsed.hasError()) {
                return new CelCompilation.Failed("compilation failed: " + Issues.parsing(parsed));
            }
            CelValidationResult result = with.check(parsed.getAst());
            return result.hasError() ? new CelCompilation.Failed("compilation failed: " + Issues.checking(result))
                    : checked(expression, result.getAst(), wanted);
        } catch (CelValidationException e) {
            return new CelCompilation.Failed("compilation failed: " + e.getMessage());
        } catch (StackOverflowError e) {
            return new CelCompilation.Failed(
                    "compilation failed: ERROR: <input>:1:1: expression recursion limit exceeded: "
                            + DEEPEST);
        }
    }

    private CelCompilation checked(String expression, CelAbstractSyntaxTree ast, CelType... wanted) {
        dev.cel.common.types.CelType type = ast.getResultType();
        List<dev.cel.common.types.CelType> accepted = Arrays.stream(wanted).map(types::of).toList();
        boolean fits = accepted.isEmpty() || type.equals(SimpleType.DYN)
                || accepted.stream().anyMatch(t -> t.equals(SimpleType.DYN) || t.isAssignableFrom(type));
        if (!fits) {
            return new CelCompilation.Failed("must evaluate to "
                    + accepted.stream().map(TypeName::of).collect(Collectors.joining(" or ")));
        }
        String wrong = Literals.wrong(ast);
        if (wrong != null) {
            return new CelCompilation.Failed("compilation failed: " + wrong);
        }
        Inputs inputs = new Inputs(adapters);
        Planner planner = new Planner(ast, engine.functions(), inputs);
        Node node = planner.plan();
        return new CelCompilation.Done(new Program(expression, node, inputs, new Types.Result(type, types),
                Uses.of(ast), planner.states(), estimate(ast), nanos));
    }

    private CelEstimate estimate(CelAbstractSyntaxTree ast) {
        return ruled == null ? CelEstimate.UNKNOWN
                : new CelEstimate(new Estimator(ast, ruled, sizes).cost(), sizes.places(ruled));
    }
}

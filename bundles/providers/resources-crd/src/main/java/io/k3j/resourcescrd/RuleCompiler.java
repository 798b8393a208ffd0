package io.k3j.resourcescrd;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Simple;
import io.k3j.schema.Field;
import io.k3j.schema.SchemaRules;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compiles validation rules, each against the schema of its place: `self` and `oldSelf` are typed, so that a field
/// nobody declared does not compile. What has no type (unknown fields are kept) is not seen by any rule, as upstream
/// has it. Any thread.
final class RuleCompiler {
    static final String SELF = "self";
    static final String OLD_SELF = "oldSelf";
    private static final String TYPE = "selfType";
    private static final CelType METADATA = new CelType.Fields(TYPE,
            Map.of("name", Simple.STRING, "generateName", Simple.STRING));
    private final Cel cel;

    RuleCompiler(Cel cel) {
        this.cel = cel;
    }

    /// All rules of a schema.
    RuleNode all(Shape shape) {
        List<RuleNode.Compiled> rules = typed(shape) ? rules(shape, shape.rules().cel(), path(shape)) : List.of();
        Map<String, RuleNode> fields = new LinkedHashMap<>();
        for (Field field : visible(shape)) {
            if (typed(field.shape())) {
                RuleNode below = all(field.shape());
                if (!below.silent()) {
                    fields.put(field.name(), below);
                }
            }
        }
        RuleNode elements = holds(shape) ? all(shape.items()) : null;
        return new RuleNode(shape, shape.source().text("type", metadata(shape) ? "object" : ""), rules, fields,
                elements == null || elements.silent() ? null : elements);
    }

    /// Whether a schema has any rule, which is known without compiling them.
    static boolean any(Shape shape) {
        return !shape.rules().cel().isEmpty() || visible(shape).stream().anyMatch(f -> any(f.shape()))
                || holds(shape) && any(shape.items());
    }

    /// Of metadata no more than rules can see.
    private static List<Field> visible(Shape shape) {
        return metadata(shape) ? shape.fields().stream().filter(f -> f.name().equals("name")
                || f.name().equals("generateName")).toList() : shape.fields();
    }

    private static boolean holds(Shape shape) {
        return (shape.type() == Shape.Type.LIST || shape.type() == Shape.Type.MAP) && shape.items() != Shape.ANY;
    }

    private static boolean metadata(Shape shape) {
        return shape.definition().endsWith(".meta.v1.ObjectMeta");
    }

    /// Whether rules can see a value of a shape.
    static boolean typed(Shape shape) {
        return switch (shape.type()) {
            case ANY -> false;
            case LIST -> typed(shape.items());
            case MAP -> shape.items() == Shape.ANY || typed(shape.items());
            default -> true;
        };
    }

    /// How the path of a field that a rule blames is told; a schema that is not known has none.
    private static PathOf path(Shape shape) {
        return written -> {
            String path = RuleFieldPath.normalized(written, shape.source());
            return path == null ? "" : path;
        };
    }

    private interface PathOf {
        String normalized(String written);
    }

    /// The rules of one place, in their order.
    List<RuleNode.Compiled> rules(Shape shape) {
        return rules(shape, shape.rules().cel(), path(shape));
    }

    private List<RuleNode.Compiled> rules(Shape shape, List<SchemaRules.Cel> written, PathOf path) {
        if (written.isEmpty()) {
            return List.of();
        }
        CelType self = metadata(shape) ? METADATA : new CelType.Shaped(TYPE, shape, true);
        Map<Boolean, CelEnvironment> environments = new LinkedHashMap<>();
        List<RuleNode.Compiled> all = new ArrayList<>();
        for (SchemaRules.Cel rule : written) {
            CelEnvironment environment = environments.computeIfAbsent(rule.optionalOldSelf(),
                    optional -> environment(self, optional));
            all.add(rule(rule, environment, rule.fieldPath().isEmpty() ? "" : path.normalized(rule.fieldPath())));
        }
        return List.copyOf(all);
    }

    private CelEnvironment environment(CelType self, boolean optional) {
        return cel.environment(CelDeclarations.of(Map.of(SELF, self)).with(OLD_SELF,
                optional ? new CelType.OptionalOf(self) : self));
    }

    private static RuleNode.Compiled rule(SchemaRules.Cel rule, CelEnvironment environment, String path) {
        if (rule.rule().isBlank()) {
            return new RuleNode.Compiled(rule, null, null, "", "", path);
        }
        Attempt program = attempt(environment, rule.rule(), "bool", "cel expression must evaluate to a bool", "");
        Attempt message = rule.messageExpression().isEmpty() || program.program == null ? new Attempt(null, "")
                : attempt(environment, rule.messageExpression(), "string",
                        "messageExpression must evaluate to a string", "messageExpression ");
        return new RuleNode.Compiled(rule, program.program, message.program, program.error, message.error, path);
    }

    private record Attempt(@Nullable CelProgram program, String error) {
    }

    /// @param type the result's; `dyn` is none, as upstream has it here
    private static Attempt attempt(CelEnvironment environment, String expression, String type, String otherwise,
            String prefix) {
        return switch (environment.compile(expression)) {
            case CelCompilation.Failed(String detail) -> new Attempt(null, prefix + detail);
            case CelCompilation.Done(CelProgram program) when program.type() instanceof CelType.Computed c
                    && c.name().equals(type) -> new Attempt(program, "");
            case CelCompilation.Done _ -> new Attempt(null, otherwise);
        };
    }
}

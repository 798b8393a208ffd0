package io.k3j.resourcescrd;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.SchemaRules;
import io.k3j.schema.Shape;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Compiles the validation rules of one schema, each against the schema of its place: `self` and `oldSelf` are typed,
/// so that a field nobody declared does not compile. What has no type (unknown fields are kept) is not seen by any
/// rule, as upstream has it. What was compiled is known the next time. For one thread at a time.
final class RuleCompiler {
    static final String SELF = "self";
    static final String OLD_SELF = "oldSelf";
    /// States of the regular expressions of all rules of a schema: about 30 MB, which stay as long as the rules do.
    static final int MOST_STATES = 500_000;
    private static final Logger LOG = System.getLogger("io.k3j.resourcescrd");
    private static final String TYPE = "selfType";
    private final Cel cel;
    private final Map<Shape, List<RuleNode.Compiled>> known = new IdentityHashMap<>();
    private long states;

    RuleCompiler(Cel cel) {
        this.cel = cel;
    }

    /// All rules of a schema.
    ///
    /// @param over asked before each place: whether the time is over
    /// @throws ApiFault 504 when it is; the next call goes on from there
    RuleNode all(Shape shape, BooleanSupplier over) {
        List<RuleNode.Compiled> rules = shape.typed() ? rules(shape, over) : List.of();
        Map<String, RuleNode> fields = new LinkedHashMap<>();
        for (Field field : visible(shape)) {
            if (field.shape().typed()) {
                RuleNode below = all(field.shape(), over);
                if (!below.silent()) {
                    fields.put(field.name(), below);
                }
            }
        }
        RuleNode elements = holds(shape) ? all(shape.items(), over) : null;
        return new RuleNode(shape, shape.source().text("type", shape.objectMeta() ? "object" : ""), rules, fields,
                elements == null || elements.silent() ? null : elements);
    }

    /// Whether a schema has any rule, which is known without compiling them.
    static boolean any(Shape shape) {
        return !shape.rules().cel().isEmpty() || visible(shape).stream().anyMatch(f -> any(f.shape()))
                || holds(shape) && any(shape.items());
    }

    /// Of metadata no more than rules can see.
    private static List<Field> visible(Shape shape) {
        return shape.objectMeta() ? shape.fields().stream().filter(f -> f.name().equals("name")
                || f.name().equals("generateName")).toList() : shape.fields();
    }

    private static boolean holds(Shape shape) {
        return (shape.type() == Shape.Type.LIST || shape.type() == Shape.Type.MAP) && shape.items() != Shape.ANY;
    }

    /// The rules of one place, in their order.
    ///
    /// @param over as of [#all]
    List<RuleNode.Compiled> rules(Shape shape, BooleanSupplier over) {
        List<SchemaRules.Cel> written = shape.rules().cel();
        if (written.isEmpty()) {
            return List.of();
        }
        List<RuleNode.Compiled> all = known.computeIfAbsent(shape, _ -> new ArrayList<>());
        Map<Boolean, CelEnvironment> environments = new LinkedHashMap<>();
        for (SchemaRules.Cel rule : written.subList(all.size(), written.size())) {
            if (over.getAsBoolean()) {
                throw new ApiFault(504, "Timeout", "validation rules could not be compiled within "
                        + RuleEngine.COMPILING.toSeconds() + " seconds; try again", Struct.EMPTY);
            }
            all.add(rule(rule, shape, environments));
        }
        return List.copyOf(all);
    }

    private CelEnvironment environment(CelType self, boolean optional) {
        return cel.environment(CelDeclarations.of(Map.of(SELF, self)).with(OLD_SELF,
                optional ? new CelType.OptionalOf(self) : self));
    }

    /// A schema that is not known has no path.
    private static String path(SchemaRules.Cel rule, Shape shape) {
        String path = rule.fieldPath().isEmpty() ? "" : RuleFieldPath.normalized(rule.fieldPath(), shape.source());
        return path == null ? "" : path;
    }

    @SuppressWarnings("IllegalCatch") // whatever the engine throws for one rule is the rule's failure, and is kept
    private RuleNode.Compiled rule(SchemaRules.Cel rule, Shape shape, Map<Boolean, CelEnvironment> environments) {
        String path = path(rule, shape);
        if (rule.rule().isBlank()) {
            return new RuleNode.Compiled(rule, null, null, "", "", path);
        }
        try {
            CelEnvironment environment = environments.computeIfAbsent(rule.optionalOldSelf(),
                    optional -> environment(new CelType.Shaped(TYPE, shape, true), optional));
            Attempt program = attempt(environment, rule.rule(), "bool", "cel expression must evaluate to a bool", "");
            Attempt message = rule.messageExpression().isEmpty() || program.program == null ? new Attempt(null, "")
                    : attempt(environment, rule.messageExpression(), "string",
                            "messageExpression must evaluate to a string", "messageExpression ");
            return new RuleNode.Compiled(rule, program.program, message.program, program.error, message.error, path);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "Cannot compile a validation rule", e);
            return new RuleNode.Compiled(rule, null, null, "internal error: " + e, "", path);
        }
    }

    private record Attempt(@Nullable CelProgram program, String error) {
    }

    /// @param type the result's; `dyn` is none, as upstream has it here
    private Attempt attempt(CelEnvironment environment, String expression, String type, String otherwise,
            String prefix) {
        return switch (environment.compile(expression)) {
            case CelCompilation.Failed(String detail) -> new Attempt(null, prefix + detail);
            case CelCompilation.Done(CelProgram program) when !(program.type() instanceof CelType.Computed c
                    && c.name().equals(type)) ->
                new Attempt(null, otherwise);
            case CelCompilation.Done(CelProgram program) when program.states() > MOST_STATES - states -> new Attempt(
                    null,
                    prefix + "compilation failed: the regular expressions of all rules of the schema are too large"
                            + " together");
            case CelCompilation.Done(CelProgram program) -> {
                states += program.states();
                yield new Attempt(program, "");
            }
        };
    }
}

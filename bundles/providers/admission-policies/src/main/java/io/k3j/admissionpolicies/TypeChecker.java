package io.k3j.admissionpolicies;

import io.k3j.admissioncel.AdmissionTypes;
import io.k3j.admissioncel.CompiledExpression;
import io.k3j.admissioncel.ExpressionCompiler;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.celapi.Cel;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelType;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Says which expressions of a ValidatingAdmissionPolicy do not fit the types of what it is for, in upstream's words:
/// where it is enforced, objects are `dyn`, and such an expression fails with each request. Upstream's `TypeChecker`.
/// Any thread.
final class TypeChecker {
    /// Of one rule, behind which no other one is looked at; upstream's.
    private static final int MOST_TYPES = 10;
    private static final String PREFIX = "compilation failed: ";
    private static final Comparator<Gvk> ORDER = Comparator.comparing(Gvk::group).thenComparing(Gvk::version)
            .thenComparing(Gvk::kind);
    /// In which upstream looks for the resources of a rule.
    private static final Comparator<ResourceKind> BY_RESOURCE = Comparator
            .comparing((ResourceKind k) -> k.gvr().group()).thenComparing(k -> k.gvr().version())
            .thenComparing(k -> k.gvr().resource());
    private final ServedKinds kinds;

    TypeChecker(ServedKinds kinds) {
        this.kinds = kinds;
    }

    /// The elements of `status.typeChecking.expressionWarnings`, in the order of the policy.
    /// @param spec of the policy
    List<Struct> warnings(Cel cel, Struct spec) {
        Map<Gvk, ExpressionCompiler> compilers = new TreeMap<>(ORDER);
        ResourceKind params = kinds.of(paramKind(spec)).orElse(null);
        types(spec).forEach((gvk, kind) -> compilers.put(gvk, compiler(cel, spec, kind, params)));
        List<Struct> warnings = new ArrayList<>();
        List<Struct> validations = spec.seq("validations").structs();
        for (int i = 0; i < validations.size(); i++) {
            for (String field : List.of("expression", "messageExpression")) {
                String expression = validations.get(i).text(field);
                String issues = expression.isEmpty() ? "" : issues(compilers, expression);
                if (!issues.isEmpty()) {
                    warnings.add(Struct.of("fieldRef", "spec.validations[" + i + "]." + field, "warning", issues));
                }
            }
        }
        return warnings;
    }

    private static Gvk paramKind(Struct spec) {
        return Gvk.of(spec.struct("paramKind").text("apiVersion"), spec.struct("paramKind").text("kind"));
    }

    private static String issues(Map<Gvk, ExpressionCompiler> compilers, String expression) {
        List<String> issues = new ArrayList<>(0);
        compilers.forEach((kind, compiler) -> {
            CompiledExpression compiled = compiler.whole(expression);
            if (!compiled.valid()) {
                String why = compiled.failure();
                issues.add(ServedKinds.text(kind) + ": "
                        + (why.startsWith(PREFIX) ? why.substring(PREFIX.length()) : why) + "\n");
            }
        });
        return String.join("\n", issues);
    }

    private static ExpressionCompiler compiler(Cel cel, Struct spec, ResourceKind kind, @Nullable ResourceKind params) {
        CelType type = new CelType.Shaped(kind.gvk().kind(), kind.shape());
        CelDeclarations declared = AdmissionTypes.declared(false, true).with(AdmissionTypes.OBJECT, type)
                .with(AdmissionTypes.OLD_OBJECT, type);
        if (spec.get("paramKind") instanceof Struct) {
            // of a kind that is not served yet anything may be said
            declared = declared.with(AdmissionTypes.PARAMS, params == null ? CelType.Simple.DYN
                    : new CelType.Shaped("params." + params.gvk().kind(), params.shape()));
        }
        ExpressionCompiler compiler = new ExpressionCompiler(cel, declared, declared);
        spec.seq("variables").structs().forEach(v -> compiler.variable(v.text("name"), v.text("expression")));
        return compiler;
    }

    /// The kinds the rules name; a rule with a wildcard names none. A rule with many is the last one that is looked at.
    private Map<Gvk, ResourceKind> types(Struct spec) {
        Map<Gvk, ResourceKind> found = new TreeMap<>(ORDER);
        for (Struct rule : spec.struct("matchConstraints").seq("resourceRules").structs()) {
            List<String> groups = rule.seq("apiGroups").texts();
            List<String> versions = rule.seq("apiVersions").texts();
            boolean wild = groups.stream().anyMatch(g -> g.contains("*"))
                    || versions.stream().anyMatch(v -> v.contains("*"));
            List<ResourceKind> named = wild ? List.of() : kinds.named(Set.copyOf(groups), Set.copyOf(versions),
                    Set.copyOf(rule.seq("resources").texts()));
            named.stream().sorted(BY_RESOURCE).limit(MOST_TYPES).forEach(k -> found.put(k.gvk(), k));
            if (named.size() >= MOST_TYPES) {
                break;
            }
        }
        return found;
    }
}

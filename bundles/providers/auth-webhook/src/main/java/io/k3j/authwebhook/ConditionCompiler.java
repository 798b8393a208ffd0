package io.k3j.authwebhook;

import io.k3j.celapi.Cel;
import io.k3j.celapi.CelCompilation;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Fields;
import io.k3j.celapi.CelType.ListOf;
import io.k3j.celapi.CelType.MapOf;
import io.k3j.celapi.CelType.Simple;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compiles match conditions by one engine, each once: they see `request`, the `spec` of a SubjectAccessReview. Loads
/// nothing of the engine before the first. One thread.
final class ConditionCompiler {
    private static final ListOf TEXTS = new ListOf(Simple.STRING);
    private static final Fields SELECTOR = new Fields("kubernetes.FieldSelectorAttributes",
            ordered("rawSelector", Simple.STRING, "requirements", new ListOf(new Fields(
                    "kubernetes.SelectorRequirement",
                    ordered("key", Simple.STRING, "operator", Simple.STRING, "values", TEXTS)))));
    private static final Fields LABELS = new Fields("kubernetes.LabelSelectorAttributes", SELECTOR.fields());
    private static final Fields RESOURCE = new Fields("kubernetes.ResourceAttributes",
            ordered("namespace", Simple.STRING, "verb", Simple.STRING, "group", Simple.STRING, "version",
                    Simple.STRING, "resource", Simple.STRING, "subresource", Simple.STRING, "name", Simple.STRING,
                    "fieldSelector", SELECTOR, "labelSelector", LABELS));
    private static final Fields PATH = new Fields("kubernetes.NonResourceAttributes",
            ordered("path", Simple.STRING, "verb", Simple.STRING));
    private static final Fields REQUEST = new Fields("kubernetes.SubjectAccessReviewSpec",
            ordered("resourceAttributes", RESOURCE, "nonResourceAttributes", PATH, "user", Simple.STRING, "groups",
                    TEXTS, "extra", new MapOf(TEXTS), "uid", Simple.STRING));
    private final Cel cel;
    private final Map<String, CelCompilation> compiled = new HashMap<>();
    private @Nullable CelEnvironment environment;

    ConditionCompiler(Cel cel) {
        this.cel = cel;
    }

    private static Map<String, CelType> ordered(Object... namesAndTypes) {
        Map<String, CelType> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTypes.length; i += 2) {
            fields.put((String) namesAndTypes[i], (CelType) namesAndTypes[i + 1]);
        }
        return fields;
    }

    private CelCompilation compiled(String expression) {
        return compiled.computeIfAbsent(expression, e -> environment().compile(e, Simple.BOOL));
    }

    private CelEnvironment environment() {
        CelEnvironment known = environment;
        if (known == null) {
            known = cel.environment(CelDeclarations.of(Map.of(ReviewConditions.REQUEST, REQUEST)));
            environment = known;
        }
        return known;
    }

    /// Why an expression cannot be a condition, in upstream's words; empty when it can.
    String problem(String expression) {
        return switch (compiled(expression)) {
            case CelCompilation.Failed(String detail) -> detail;
            case CelCompilation.Done _ -> "";
        };
    }

    /// Conditions without problem.
    ReviewConditions conditions(List<String> expressions) {
        return new ReviewConditions(expressions.stream().map(this::program).toList());
    }

    private CelProgram program(String expression) {
        return switch (compiled(expression)) {
            case CelCompilation.Done(CelProgram program) -> program;
            case CelCompilation.Failed(String detail) -> throw new IllegalArgumentException(detail);
        };
    }
}

package io.k3j.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import io.k3j.celvalues.Adapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All functions of the language: what the type checker knows of them, and what they do. Filled once, read-only then.
final class Functions {
    private final Map<String, Overload> byId = new HashMap<>();
    private final Map<String, List<CelOverloadDecl>> declared = new LinkedHashMap<>();

    /// What a function does with arguments of the classes it takes.
    @FunctionalInterface
    interface Body {
        Object call(Frame f, Object[] arguments);
    }

    /// One form of a function.
    record Overload(String id, List<? extends Class<?>> classes, Body body) {
        boolean takes(Object[] values) {
            if (values.length != classes.size()) {
                return false;
            }
            for (int i = 0; i < values.length; i++) {
                if (!classes.get(i).isInstance(values[i])) {
                    return false;
                }
            }
            return true;
        }

        Object call(Frame f, Object[] values) {
            return body.call(f, values);
        }
    }

    /// `f(a)`.
    void global(String function, String id, CelType result, Body body, CelType... takes) {
        declare(function, CelOverloadDecl.newGlobalOverload(id, result, takes));
        put(id, classes(takes), body);
    }

    /// `a.f(b)`.
    void member(String function, String id, CelType result, Body body, CelType... takes) {
        declare(function, CelOverloadDecl.newMemberOverload(id, result, takes));
        put(id, classes(takes), body);
    }

    private static List<? extends Class<?>> classes(CelType... types) {
        return Arrays.stream(types).<Class<?>>map(Adapter::classOf).toList();
    }

    private void declare(String function, CelOverloadDecl overload) {
        declared.computeIfAbsent(function, _ -> new ArrayList<>()).add(overload);
    }

    /// What a function does whose form is declared elsewhere.
    void put(String id, List<? extends Class<?>> classes, Body body) {
        byId.put(id, new Overload(id, classes, body));
    }

    /// A function of cel-java's.
    void put(CelFunctionBinding binding) {
        CelFunctionOverload definition = binding.getDefinition();
        byId.putIfAbsent(binding.getOverloadId(), new Overload(binding.getOverloadId(), binding.getArgTypes(),
                (_, values) -> Failures.translated(() -> definition.apply(values))));
    }

    List<CelFunctionDecl> declarations() {
        return declared.entrySet().stream()
                .map(e -> CelFunctionDecl.newFunctionDeclaration(e.getKey(), e.getValue())).toList();
    }

    @Nullable
    Overload find(String id) {
        return byId.get(id);
    }
}

package io.k3j.audit;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which fields a policy has and of which types: compared before anything is read, since a list in a rule that is not
/// there is about everything, and what is of another type must not be read as nothing.
final class PolicyTypes {
    private static final Map<String, Type> RESOURCES = Map.of("group", Type.TEXT, "resources", Type.TEXTS,
            "resourceNames", Type.TEXTS);
    private static final Map<String, Type> RULE = Map.of("level", Type.TEXT, "users", Type.TEXTS, "userGroups",
            Type.TEXTS, "verbs", Type.TEXTS, "resources", Type.RESOURCES, "namespaces", Type.TEXTS, "nonResourceURLs",
            Type.TEXTS, "omitStages", Type.TEXTS, "omitManagedFields", Type.FLAG);
    private static final Map<String, Type> POLICY = Map.of("apiVersion", Type.TEXT, "kind", Type.TEXT, "metadata",
            Type.OBJECT, "rules", Type.RULES, "omitStages", Type.TEXTS, "omitManagedFields", Type.FLAG);
    private final List<FieldProblem> problems = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    /// What a field holds.
    private enum Type {
        TEXT("must be a string"), TEXTS("must be a list of strings"), FLAG("must be true or false"), OBJECT(
                "must be an object"), RULES("must be a list of objects"), RESOURCES("must be a list of objects");

        private final String what;

        Type(String what) {
            this.what = what;
        }
    }

    private PolicyTypes() {
    }

    /// Compares a policy.
    static PolicyTypes of(Struct policy) {
        PolicyTypes types = new PolicyTypes();
        types.fields(policy, POLICY, "");
        return types;
    }

    /// Fields of another type.
    List<FieldProblem> problems() {
        return problems;
    }

    /// Fields that mean nothing.
    List<String> unknown() {
        return unknown;
    }

    private void fields(Struct object, Map<String, Type> known, String at) {
        object.forEach((name, value) -> {
            Type type = known.get(name);
            if (type == null) {
                unknown.add(at + name);
            } else if (value != Null.NULL && !is(type, value, at + name)) {
                problems.add(FieldProblem.invalid(at + name, value, type.what));
            }
        });
    }

    private boolean is(Type type, Object value, String at) {
        return switch (type) {
            case TEXT -> value instanceof String;
            case TEXTS -> value instanceof Seq all && all.stream().allMatch(String.class::isInstance);
            case FLAG -> value instanceof Boolean;
            case OBJECT -> value instanceof Struct;
            case RULES -> objects(value, RULE, at);
            case RESOURCES -> objects(value, RESOURCES, at);
        };
    }

    private boolean objects(Object value, Map<String, Type> known, String at) {
        if (!(value instanceof Seq all) || !all.stream().allMatch(Struct.class::isInstance)) {
            return false;
        }
        for (int i = 0; i < all.size(); i++) {
            fields(all.struct(i), known, at + "[" + i + "].");
        }
        return true;
    }
}

package io.k3j.authoidc;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which fields a configuration has and of which types: compared before anything is read, since a rule that is of
/// another type, or misspelt, would be a rule that nobody checks.
final class ConfigurationTypes {
    private static final Type TEXT = new Type(Kind.TEXT, Map.of());
    private static final Type TEXTS = new Type(Kind.TEXTS, Map.of());
    private static final Type FLAG = new Type(Kind.FLAG, Map.of());
    private static final Type ANY = new Type(Kind.ANY, Map.of());
    private static final Map<String, Type> CLAIM = Map.of("claim", TEXT, "expression", TEXT);
    private static final Map<String, Type> PREFIXED = Map.of("claim", TEXT, "prefix", TEXT, "expression", TEXT);
    private static final Map<String, Type> MAPPINGS = Map.of("username", object(PREFIXED), "groups",
            object(PREFIXED), "uid", object(CLAIM), "extra", objects(Map.of("key", TEXT, "valueExpression", TEXT)));
    private static final Map<String, Type> ISSUER = Map.of("url", TEXT, "discoveryURL", TEXT, "certificateAuthority",
            TEXT, "audiences", TEXTS, "audienceMatchPolicy", TEXT, "egressSelectorType", TEXT);
    private static final Map<String, Type> JWT = Map.of("issuer", object(ISSUER), "claimValidationRules",
            objects(Map.of("claim", TEXT, "requiredValue", TEXT, "expression", TEXT, "message", TEXT)),
            "claimMappings", object(MAPPINGS), "userValidationRules",
            objects(Map.of("expression", TEXT, "message", TEXT)));
    private static final Map<String, Type> CONFIGURATION = Map.of("apiVersion", TEXT, "kind", TEXT, "metadata", ANY,
            "jwt", objects(JWT), "anonymous",
            object(Map.of("enabled", FLAG, "conditions", objects(Map.of("path", TEXT)))));
    private final List<FieldProblem> problems = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    private enum Kind {
        ANY(""), TEXT("must be a string"), TEXTS("must be a list of strings"), FLAG("must be true or false"), OBJECT(
                "must be an object"), OBJECTS("must be a list of objects");

        private final String what;

        Kind(String what) {
            this.what = what;
        }
    }

    /// What a field holds.
    /// @param fields of an object, or of each of a list
    private record Type(Kind kind, Map<String, Type> fields) {
    }

    private ConfigurationTypes() {
    }

    private static Type object(Map<String, Type> fields) {
        return new Type(Kind.OBJECT, fields);
    }

    private static Type objects(Map<String, Type> fields) {
        return new Type(Kind.OBJECTS, fields);
    }

    /// Compares a configuration.
    static ConfigurationTypes of(Struct configuration) {
        ConfigurationTypes types = new ConfigurationTypes();
        types.fields(configuration, CONFIGURATION, "");
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
                problems.add(FieldProblem.invalid(at + name, value, type.kind.what));
            }
        });
    }

    private boolean is(Type type, Object value, String at) {
        return switch (type.kind) {
            case ANY -> true;
            case TEXT -> value instanceof String;
            case TEXTS -> value instanceof Seq all && all.stream().allMatch(String.class::isInstance);
            case FLAG -> value instanceof Boolean;
            case OBJECT -> object(type, value, at);
            case OBJECTS -> objects(type, value, at);
        };
    }

    private boolean object(Type type, Object value, String at) {
        if (!(value instanceof Struct object)) {
            return false;
        }
        fields(object, type.fields, at + ".");
        return true;
    }

    private boolean objects(Type type, Object value, String at) {
        if (!(value instanceof Seq all) || !all.stream().allMatch(Struct.class::isInstance)) {
            return false;
        }
        for (int i = 0; i < all.size(); i++) {
            fields(all.struct(i), type.fields, at + "[" + i + "].");
        }
        return true;
    }
}

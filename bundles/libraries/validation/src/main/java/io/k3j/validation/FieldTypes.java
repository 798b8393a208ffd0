package io.k3j.validation;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which fields a configuration file has and of which types, compared before anything is read of it: a rule that is of
/// another type, or misspelt, would be a rule that nobody checks. A field that is null counts as left out.
///
/// One comparison is one thread's; types are immutable.
public final class FieldTypes {
    private final List<FieldProblem> problems = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    private enum Kind {
        ANY(""), TEXT("must be a string"), TEXTS("must be a list of strings"), FLAG("must be true or false"), STRUCT(
                "must be an object"), OBJECT("must be an object"), OBJECTS("must be a list of objects");

        private final String what;

        Kind(String what) {
            this.what = what;
        }
    }

    /// What a field holds.
    public static final class Type {
        /// Whatever it is.
        public static final Type ANY = new Type(Kind.ANY, Map.of());
        /// A string.
        public static final Type TEXT = new Type(Kind.TEXT, Map.of());
        /// A list of strings.
        public static final Type TEXTS = new Type(Kind.TEXTS, Map.of());
        /// True or false.
        public static final Type FLAG = new Type(Kind.FLAG, Map.of());
        /// An object, whatever its fields are.
        public static final Type STRUCT = new Type(Kind.STRUCT, Map.of());
        private final Kind kind;
        private final Map<String, Type> fields;

        private Type(Kind kind, Map<String, Type> fields) {
            this.kind = kind;
            this.fields = fields;
        }

        /// An object with these fields.
        public static Type object(Map<String, Type> fields) {
            return new Type(Kind.OBJECT, fields);
        }

        /// A list of objects, each with these fields.
        public static Type objects(Map<String, Type> fields) {
            return new Type(Kind.OBJECTS, fields);
        }
    }

    private FieldTypes() {
    }

    /// Compares a file as a tree.
    /// @param known the fields of its root
    public static FieldTypes of(Struct file, Map<String, Type> known) {
        FieldTypes types = new FieldTypes();
        types.fields(file, known, "");
        return types;
    }

    /// Fields of another type, each with its path from the root.
    public List<FieldProblem> problems() {
        return problems;
    }

    /// Paths of fields that mean nothing.
    public List<String> unknown() {
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
            case STRUCT -> value instanceof Struct;
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

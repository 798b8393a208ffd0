package io.k3j.schedulerconfig;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A part of a configuration file, read field by field; what nobody has asked for is told as unknown, as upstream's
/// strict decoding does. Not thread-safe.
final class Fields {
    private static final int MOST_PROBLEMS = 50;
    private final String path;
    private final Struct part;
    private final List<String> problems;
    private final Set<String> asked = new HashSet<>();

    /// @param path of the part within the file, empty for all of it
    /// @param problems is given what is wrong, a sentence each
    Fields(String path, Struct part, List<String> problems) {
        this.path = path;
        this.part = part;
        this.problems = problems;
    }

    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    boolean has(String field) {
        return part.has(field) && part.get(field) != Null.NULL;
    }

    /// A field is not what it may be.
    /// @param why with what to write
    void wrong(String field, String why) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(path(field) + ": " + why);
        }
    }

    /// The same in upstream's form.
    void invalid(String field, Object value, String why) {
        wrong(field, "Invalid value: " + (value instanceof String text ? "\"" + text + "\"" : value) + ": " + why);
    }

    private <T> Optional<T> value(String field, Class<T> type, String form) {
        asked.add(field);
        @Nullable
        Object value = part.get(field);
        if (value == null || value == Null.NULL) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            wrong(field, "it must be " + form);
            return Optional.empty();
        }
        return Optional.of(type.cast(value));
    }

    String text(String field, String otherwise) {
        return value(field, String.class, "text").orElse(otherwise);
    }

    boolean flag(String field, boolean otherwise) {
        return value(field, Boolean.class, "true or false").orElse(otherwise);
    }

    /// @param why what is said of a number that is less or more
    long whole(String field, long otherwise, long least, long most, String why) {
        Optional<Long> value = value(field, Long.class, "a whole number");
        if (value.isPresent() && (value.get() < least || value.get() > most)) {
            invalid(field, value.get(), why);
            return otherwise;
        }
        return value.orElse(otherwise);
    }

    /// Any map, as it is.
    Struct raw(String field) {
        return value(field, Struct.class, "a map of fields").orElse(Struct.EMPTY);
    }

    Fields fields(String field) {
        return new Fields(path(field), raw(field), problems);
    }

    List<Fields> list(String field) {
        List<Fields> all = new ArrayList<>();
        Seq list = value(field, Seq.class, "a list").orElse(Seq.EMPTY);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Struct element) {
                all.add(new Fields(path(field) + "[" + i + "]", element, problems));
            } else {
                wrong(field + "[" + i + "]", "it must be a map of fields");
            }
        }
        return all;
    }

    List<String> texts(String field) {
        Seq list = value(field, Seq.class, "a list").orElse(Seq.EMPTY);
        if (!list.stream().allMatch(String.class::isInstance)) {
            wrong(field, "it must be a list of texts");
        }
        return list.texts();
    }

    /// Fields that may say what they will.
    void any(String... fields) {
        asked.addAll(Set.of(fields));
    }

    /// All fields have been asked for.
    void end() {
        for (String name : part.names()) {
            if (!asked.contains(name)) {
                wrong(name, "unknown field; leave it out, or write it as in "
                        + "https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/");
            }
        }
    }
}

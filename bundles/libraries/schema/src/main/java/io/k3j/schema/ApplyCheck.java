package io.k3j.schema;

import io.k3j.apimachinery.PatchFailure;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What server-side apply refuses in a configuration before it looks at anything else: fields that the schema does not
/// have and elements of a list that cannot be told apart. In the words of structured-merge-diff, which clients parse,
/// but no more of them, and no longer, than [FieldPaths] says. Pure; any thread; never throws for what a client sent.
///
/// Types of values are not checked here: decoding and validation do that with better words.
public final class ApplyCheck {
    private final List<String> problems = new ArrayList<>();

    private ApplyCheck() {
    }

    /// What is wrong, as `.spec.foo: field not declared in schema`, in the order of the document; empty when it can be
    /// applied.
    ///
    /// @param wanted as the client sent it, before decoding drops what is unknown
    /// @return at most [FieldPaths#MOST] sentences
    public static List<String> problems(Shape shape, Struct wanted) {
        ApplyCheck walk = new ApplyCheck();
        walk.struct(shape, wanted, "");
        return walk.problems;
    }

    /// What upstream says of an apply that has something wrong, empty for one that has not.
    ///
    /// @param kind of the object, as the sentence names it
    public static String refusal(Shape shape, Gvk kind, Struct wanted) {
        List<String> problems = problems(shape, wanted);
        if (problems.isEmpty()) {
            return "";
        }
        Struct metadata = wanted.struct("metadata");
        String all = problems.size() == 1 ? problems.getFirst() : "errors:\n  " + String.join("\n  ", problems);
        return "failed to create typed patch object (" + metadata.text("namespace") + "/" + metadata.text("name") + "; "
                + kind.apiVersion() + ", Kind=" + kind.kind() + "): " + all;
    }

    private void value(Shape shape, Object value, String path) {
        switch (value) {
            case Struct s when shape.type() == Shape.Type.OBJECT || shape.type() == Shape.Type.MAP ->
                struct(shape, s, path);
            case Seq s when shape.type() == Shape.Type.LIST -> list(shape, s, path);
            default -> {
            }
        }
    }

    /// A path begins with a dot here, unlike elsewhere: so does structured-merge-diff's.
    private void struct(Shape shape, Struct s, String path) {
        s.forEach((name, value) -> {
            Shape child = shape.child(name);
            String at = FieldPaths.longer(path, "." + name);
            if (child == null) {
                problem(at, "field not declared in schema");
            } else {
                value(child, value, at);
            }
        });
    }

    /// An element is named by its key once that is known, by its position before.
    private void list(Shape shape, Seq list, String path) {
        boolean keyed = FieldDiff.byElement(shape);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String at = FieldPaths.longer(path, "[" + i + "]");
            if (keyed) {
                String key = key(shape, list.get(i), path, i);
                String shown = FieldPaths.shortened(FieldSet.shown(key));
                at = FieldPaths.longer(path, shown);
                if (!key.isEmpty() && !seen.add(key)) {
                    problem(path, "duplicate entries for key " + shown);
                }
            }
            value(shape.items(), list.get(i), at);
        }
    }

    /// Empty for an element that cannot be told from others: its fields are still looked at.
    private String key(Shape shape, Object element, String path, int index) {
        try {
            return ElementKey.of(shape, element);
        } catch (PatchFailure e) {
            problem(path, "element " + index + ": " + e.getMessage());
            return "";
        }
    }

    private void problem(String path, String why) {
        if (problems.size() < FieldPaths.MOST) {
            problems.add(path + ": " + why);
        }
    }
}
